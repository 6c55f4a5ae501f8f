// A strict imitation of Zalo and Messenger on loopback, and a phone to chat with: for newcomers, for stories, for storms.
import { EventEmitter } from 'node:events';
import type { MessengerSettings, ZaloSettings } from '../config.ts';
import { createPeopleControl, type PeopleControl } from './control-people.ts';
import { addControlRoutes } from './control-routes.ts';
import type { RandomBytes } from './create-ids.ts';
import { type ActiveFault, createFaults, type FaultRule } from './faults.ts';
import { keepState, loadState } from './keep-state.ts';
import { createMessengerProvider, isMessengerPath } from './messenger/messenger-provider.ts';
import type { Credentials, Person, SandboxChannel } from './sandbox-schema.ts';
import { createWebhookSender } from './send-webhooks.ts';
import { addProviderRoutes, createServer } from './serve-providers.ts';
import {
  type AcceptedSend,
  createWorld,
  type JournalEntry,
  nowMs,
  type SandboxClock,
  type SandboxLimits,
  type SandboxLog,
  type Violation,
  type World,
  writeJournal,
} from './world.ts';
import { createZaloProvider, isZaloPath } from './zalo/zalo-provider.ts';

export type SandboxOptions = {
  /** 0 = any free port. */
  port: number;
  clock: SandboxClock;
  webhookUrls: Record<SandboxChannel, string>;
  log: SandboxLog;
  random: RandomBytes;
  /** JSON file that keeps people, messages, tokens and virtual time over a restart; null or unset = memory only. */
  statePath?: string | null;
  credentials?: Partial<Credentials>;
  /** Real waits between tries of a webhook; unset = about a minute in eleven tries. */
  webhookRetryAfterMs?: readonly number[];
  limits?: Partial<SandboxLimits>;
  /** Seed of faults that strike by chance. */
  seed?: number;
};

export type Sandbox = PeopleControl & {
  readonly url: string;
  /** What to configure the program with; the tokens are the ones that are valid now. */
  readonly zaloSettings: ZaloSettings & { accessToken: string; refreshToken: string };
  readonly messengerSettings: MessengerSettings;
  /** Where webhooks go; may be changed at any time. */
  readonly webhookUrls: Record<SandboxChannel, string>;
  /** Everything the pretend providers accepted, in order. */
  readonly ledger: readonly AcceptedSend[];
  /** Calls that the real providers would not even recognise. */
  readonly violations: readonly Violation[];
  readonly journal: readonly JournalEntry[];
  people(): readonly Person[];
  setFault(rule: FaultRule): ActiveFault;
  clearFaults(channel?: SandboxChannel): void;
  faults(): ActiveFault[];
  /** Moves the virtual time; throws when the clock cannot be moved. */
  advanceClock(ms: number): void;
  /** Ends the life of Zalo's access token now; the refresh token stays good. */
  expireZaloAccessToken(): void;
  /** Package messages for Zalo's charged days; 0 = each one is charged. */
  setZaloSubQuota(messages: number): void;
  /** Resolves when no webhook is on its way or waiting for another try. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

const RETRY_AFTER_MS = [100, 200, 400, 800, 1_500, 3_000, 5_000, 10_000, 15_000, 20_000];

/** Listens on 127.0.0.1 only; `close` writes the state file and frees the port. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const world = buildWorld(options);
  const keeper = keepState(options.statePath ?? null, world.state);
  world.events.on('change', keeper.saveSoon);
  const webhookUrls = { ...options.webhookUrls };
  const webhooks = createWebhookSender(world, {
    urls: webhookUrls,
    retryAfterMs: options.webhookRetryAfterMs ?? RETRY_AFTER_MS,
  });
  const people = createPeopleControl(world, webhooks);
  const providers = [
    { owns: isZaloPath, provider: createZaloProvider(world, webhooks, keeper.saveNow) },
    { owns: isMessengerPath, provider: createMessengerProvider(world, webhooks) },
  ];
  const advance = (ms: number) => advanceClock(world, ms);
  const sleeper = createSleeper();
  const server = createServer();
  const endStreams = addControlRoutes(server, { world, people, advanceClock: advance });
  addProviderRoutes(server, { world, sleep: sleeper.sleep }, providers);
  world.url = await server.listen({ host: '127.0.0.1', port: options.port });
  keeper.saveNow();

  const close = async () => {
    webhooks.close();
    sleeper.close();
    endStreams();
    await server.close();
    keeper.close();
  };
  return exposeSandbox({ world, people, webhookUrls, settled: webhooks.settled, advance, close });
}

function buildWorld(options: SandboxOptions): World {
  const { clock, random, log } = options;
  const state = loadState({ clock, random }, options.statePath ?? null, options.credentials ?? {});
  // A restarted program would otherwise fall back behind what its own database already calls the past.
  const behind = state.clockOffsetMs - (clock.offsetMs?.() ?? state.clockOffsetMs);
  if (behind > 0) clock.advance?.(behind);
  const events = new EventEmitter();
  const faults = createFaults(options.seed ?? 1, () => events.emit('faults'));
  const ofMessenger = { messengerSendsPerSecond: 300, messengerFilmsPerSecond: 10, messengerLooksPerSecond: 2 };
  const limits = { zaloCallsPerMinute: 4_000, ...ofMessenger, ...options.limits };
  return createWorld({ clock, random, log, state, faults, limits, events });
}

/** False when the clock cannot be moved. */
function advanceClock(world: World, ms: number): boolean {
  if (world.clock.advance === undefined) return false;
  world.clock.advance(ms);
  world.state.clockOffsetMs = world.clock.offsetMs?.() ?? 0;
  writeJournal(world, {
    channel: null,
    personId: null,
    kind: 'clock',
    isOk: true,
    title: 'Vặn đồng hồ',
    detail: `tới thêm ${Math.round(ms / 360_000) / 10} giờ`,
  });
  world.events.emit('clock');
  world.events.emit('change');
  return true;
}

function createSleeper() {
  const sleeping = new Map<NodeJS.Timeout, () => void>();
  return {
    sleep: (ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          sleeping.delete(timer);
          resolve();
        }, ms);
        sleeping.set(timer, resolve);
      }),
    close() {
      for (const [timer, wake] of sleeping) {
        clearTimeout(timer);
        wake();
      }
    },
  };
}

type Parts = {
  world: World;
  people: PeopleControl;
  webhookUrls: Record<SandboxChannel, string>;
  settled(): Promise<void>;
  advance(ms: number): boolean;
  close(): Promise<void>;
};

function exposeSandbox({ world, people, webhookUrls, settled, advance, close }: Parts): Sandbox {
  return {
    ...people,
    url: world.url,
    get zaloSettings() {
      return readZaloSettings(world);
    },
    get messengerSettings() {
      return readMessengerSettings(world);
    },
    webhookUrls,
    ledger: world.ledger,
    violations: world.violations,
    journal: world.journal,
    people: () => world.state.people,
    setFault: world.faults.add,
    clearFaults: world.faults.clear,
    faults: world.faults.list,
    advanceClock(ms) {
      if (!advance(ms)) throw new Error('This clock cannot be moved.');
    },
    expireZaloAccessToken() {
      world.state.tokens.accessExpiresAt = nowMs(world);
      world.events.emit('change');
    },
    setZaloSubQuota(messages) {
      world.state.zaloSubQuota = messages;
      world.events.emit('change');
    },
    settled,
    close,
  };
}

function readZaloSettings(world: World): Sandbox['zaloSettings'] {
  const { credentials, state, url } = world;
  return {
    appId: credentials.zaloAppId,
    appSecret: credentials.zaloAppSecret,
    oaId: credentials.zaloOaId,
    oaSecretKey: credentials.zaloOaSecretKey,
    accessToken: state.tokens.accessToken,
    refreshToken: state.tokens.refreshToken,
    apiUrl: url,
    oauthUrl: url,
    znsUrl: url,
    pkceMode: 'per_request',
    fixedCodeVerifier: null,
    sendAppSecretProof: true,
    verifier: null,
  };
}

function readMessengerSettings({ credentials, url }: World): MessengerSettings {
  return {
    appId: credentials.messengerAppId,
    appSecret: credentials.messengerAppSecret,
    verifyToken: credentials.messengerVerifyToken,
    pageId: credentials.messengerPageId,
    pageAccessToken: credentials.messengerPageAccessToken,
    apiUrl: url,
    apiVersion: 'v25.0',
  };
}
