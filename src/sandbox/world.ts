// The memory of the pretend providers and everything that watches it: the phones, tests, the journal.
import type { EventEmitter } from 'node:events';
import type { Clock } from '../clock.ts';
import { createMid, createZaloMessageId, type RandomBytes } from './create-ids.ts';
import type { Faults } from './faults.ts';
import {
  type Credentials,
  type NewMessage,
  type Person,
  type SandboxChannel,
  type SandboxState,
  type ShownMessage,
  shownMessageSchema,
} from './sandbox-schema.ts';

export type SandboxClock = Clock & { advance?(ms: number): void; offsetMs?(): number };

export type SandboxLog = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};

/** One call that a pretend provider accepted: what a real one would have charged, stored and delivered. */
export type AcceptedSend = {
  number: number;
  at: Date;
  channel: SandboxChannel;
  path: string;
  personId: string;
  providerMessageId: string;
  /** The caller's own id: Messenger metadata, ZNS tracking_id; null where the provider carries none (Zalo cs). */
  outboundMessageId: string | null;
  text: string;
  isCharged: boolean;
  body: unknown;
};

/** A call that a real provider would have answered with "what is this?". Tests assert that there are none. */
export type Violation = { at: Date; channel: SandboxChannel; method: string; path: string; reason: string };

/** A line of the journal that the phone page shows. */
export type JournalEntry = {
  number: number;
  at: string;
  channel: SandboxChannel | null;
  personId: string | null;
  kind: 'webhook' | 'call' | 'person' | 'fault' | 'clock';
  isOk: boolean;
  title: string;
  detail: string;
};

export type Media = { bytes: Buffer; contentType: string; name: string };

export type World = {
  readonly clock: SandboxClock;
  readonly random: RandomBytes;
  readonly log: SandboxLog;
  readonly state: SandboxState;
  readonly credentials: Credentials;
  readonly faults: Faults;
  readonly limits: SandboxLimits;
  readonly ledger: AcceptedSend[];
  readonly violations: Violation[];
  readonly journal: JournalEntry[];
  readonly media: Map<string, Media>;
  /** 'person' (Person), 'message:<person id>', 'journal' (JournalEntry), 'faults', 'clock', 'tokens', 'change'. */
  readonly events: EventEmitter;
  /** Own address, known once it listens. */
  url: string;
};

export type SandboxLimits = {
  zaloCallsPerMinute: number;
  messengerSendsPerSecond: number;
  /** Films and sounds. */
  messengerFilmsPerSecond: number;
  /** Into conversations. */
  messengerLooksPerSecond: number;
};

const JOURNAL_LENGTH = 300;
const MESSAGES_PER_PERSON = 500;
const MEDIA_KEPT = 60;

export type WorldParts = Pick<World, 'clock' | 'random' | 'log' | 'state' | 'faults' | 'limits' | 'events'>;

export function createWorld(parts: WorldParts): World {
  parts.events.setMaxListeners(0);
  return {
    ...parts,
    credentials: parts.state.credentials,
    ledger: [],
    violations: [],
    journal: [],
    media: new Map(),
    url: '',
  };
}

export const nowMs = (world: World): number => world.clock.now().getTime();

export function findPerson(world: World, channel: SandboxChannel, id: string): Person | null {
  return world.state.people.find((person) => person.channel === channel && person.id === id) ?? null;
}

/** Adds a bubble to a person's phone and tells everybody who watches. */
export function showMessage(world: World, person: Person, message: Omit<NewMessage, 'id' | 'at'>): ShownMessage {
  const id = person.channel === 'zalo' ? createZaloMessageId(world.random) : createMid(world.random);
  const shown = shownMessageSchema.parse({ ...message, id, at: world.clock.now().toISOString() });
  person.messages.push(shown);
  if (person.messages.length > MESSAGES_PER_PERSON) person.messages.shift();
  if (shown.from !== 'person') person.typingUntil = 0;
  world.events.emit(`message:${person.id}`);
  personChanged(world, person);
  return shown;
}

export function personChanged(world: World, person: Person): void {
  world.events.emit('person', person);
  world.events.emit('change');
}

export function writeJournal(world: World, entry: Omit<JournalEntry, 'number' | 'at'>): void {
  const number = (world.journal.at(-1)?.number ?? 0) + 1;
  const full = { ...entry, number, at: world.clock.now().toISOString() };
  world.journal.push(full);
  if (world.journal.length > JOURNAL_LENGTH) world.journal.shift();
  world.events.emit('journal', full);
}

/** Writes down what a provider accepted: the bubble, and the body that asked for it. */
export function acceptSend(
  world: World,
  person: Person,
  shown: ShownMessage,
  call: { path: string; body: unknown },
): void {
  world.ledger.push({
    number: world.ledger.length + 1,
    at: world.clock.now(),
    channel: person.channel,
    path: call.path,
    personId: person.id,
    providerMessageId: shown.id,
    outboundMessageId: shown.outboundMessageId,
    text: shown.text,
    isCharged: shown.isCharged,
    body: call.body,
  });
}

export function noteViolation(world: World, violation: Omit<Violation, 'at'>): void {
  world.violations.push({ ...violation, at: world.clock.now() });
  world.log.warn({ channel: violation.channel, path: violation.path, reason: violation.reason }, 'sandbox: violation');
}

/** Keeps the bytes of an upload for the phones, the oldest going first. */
export function keepMedia(world: World, id: string, media: Media): void {
  world.media.set(id, media);
  const oldest = world.media.keys().next().value;
  if (world.media.size > MEDIA_KEPT && oldest !== undefined) world.media.delete(oldest);
}
