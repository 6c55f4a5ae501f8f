// Working: what was accepted becomes changes. Many people in one transaction, each locked; nothing is sent here.
import type { Logger } from 'pino';
import { SECOND_MS } from '../clock.ts';
import { allRuns } from '../conversations/conversation.ts';
import { playEvent } from '../conversations/play-event.ts';
import type { StepTools } from '../conversations/step-flow.ts';
import type { QueuedEvent } from '../conversations/stored-event.ts';
import { beginTurn, type Turn } from '../conversations/turn.ts';
import type { Person } from '../conversations/work.ts';
import type { Database } from '../database.ts';
import type { FlowLibrary } from '../flow-library/flow-library.ts';
import type { NewId } from '../ids.ts';
import { claimWork, type Work } from './claim-work.ts';
import type { ProfileWish } from './fetch-profiles.ts';
import { type Outcome, saveTurns } from './save-turns.ts';

export type ProcessDeps = {
  db: Database;
  clock: { now(): Date };
  newId: NewId;
  library: FlowLibrary;
  tools: Omit<StepTools, 'scripts' | 'splitMessage'>;
  splitMessage: (channel: string) => StepTools['splitMessage'];
  log: Logger;
  /** Told after the commit: whose profile is wanted. */
  onProfilesWanted?: (identities: ProfileWish[]) => void;
};

/** A poison event is parked after so many tries. */
export const MAX_ATTEMPTS = 5;
const PROFILE_WAIT_MS = 2 * SECOND_MS;

/** Works up to `limit` people; answers how many had something to be worked. `onClaimed` hears whom, before they are. */
export async function processEvents(
  deps: ProcessDeps,
  limit: number,
  onClaimed?: (identityIds: string[]) => void,
): Promise<number> {
  const now = deps.clock.now();
  const wanted: ProfileWish[] = [];
  const count = await deps.db.queueTransaction(async (client) => {
    const works = await claimWork(client, { now, limit, newId: deps.newId });
    if (works.length === 0) return 0;
    onClaimed?.(works.map((work) => work.person.identity.id));
    await deps.library.ensureLoaded(client, works.flatMap(versionsOf));
    const outcomes = works.map((work) => (work.awaitsProfile ? waitForProfile(work, now) : playAll(deps, work, now)));
    await saveTurns(client, { now, newId: deps.newId }, outcomes);
    for (const work of works) {
      if (work.awaitsProfile) wanted.push({ ...work.person.identity });
    }
    return works.length;
  });
  if (wanted.length > 0) deps.onProfilesWanted?.(wanted);
  return count;
}

/** After a batch failed as a whole: one person at a time, so that the one whose rows the database refuses is found. */
export async function processOneByOne(deps: ProcessDeps, onFailure: (error: unknown) => void): Promise<void> {
  for (let worked = 1; worked > 0; ) {
    let claimed: string[] = [];
    try {
      worked = await processEvents(deps, 1, (identityIds) => {
        claimed = identityIds;
      });
    } catch (error) {
      onFailure(error);
      if (!(await punishFirst(deps, claimed, error))) return;
    }
  }
}

function versionsOf(work: Work): string[] {
  return allRuns(work.person.conversation.runs).map((run) => run.flowVersionId);
}

function waitForProfile(work: Work, now: Date): Outcome {
  const until = new Date(now.getTime() + PROFILE_WAIT_MS);
  return { ...untouched(work), requeued: work.events.map(asItWas), profileWaitUntil: until };
}

function untouched({ person }: Work): Outcome {
  return { person, before: person.customer, turns: [], requeued: [], profileWaitUntil: null };
}

/** Plays a person's events in order. The first that fails keeps its place and stops the ones behind it. */
function playAll(deps: ProcessDeps, work: Work, now: Date): Outcome {
  const tools: StepTools = {
    ...deps.tools,
    scripts: deps.library.scripts(),
    splitMessage: deps.splitMessage(work.person.identity.channel),
  };
  const outcome = untouched(work);
  let isBlocked = false;
  for (const event of work.events) {
    if (isBlocked || event.availableAt > now) {
      // A later try of an earlier event comes first; those that only waited for their turn do not block.
      isBlocked ||= event.attempts > 0;
      outcome.requeued.push(asItWas(event));
      continue;
    }
    const turn = playOne(deps, tools, outcome.person, event, now);
    if (turn instanceof Error) {
      const failed = failedItem(deps, event, turn, now);
      outcome.requeued.push(failed);
      isBlocked = failed.parkedAt === null;
      if (failed.parkedAt) outcome.turns.push(parkedTurn(outcome.person, event, turn, now));
      continue;
    }
    outcome.person = turn.person;
    outcome.turns.push(turn);
    if (turn.postponedUntil) outcome.requeued.push({ ...asItWas(event), availableAt: turn.postponedUntil });
  }
  return outcome;
}

function playOne(deps: ProcessDeps, tools: StepTools, person: Person, event: QueuedEvent, now: Date): Turn | Error {
  try {
    return playEvent(tools, person, event, now);
  } catch (error) {
    deps.log.error({ err: error, eventId: event.id, attempt: event.attempts + 1 }, 'an event could not be worked');
    return error instanceof Error ? error : new Error(String(error));
  }
}

function asItWas(event: QueuedEvent) {
  return { event, attempts: event.attempts, availableAt: event.availableAt, parkedAt: null, reason: null };
}

function failedItem(deps: ProcessDeps, event: QueuedEvent, error: Error, now: Date) {
  const attempts = event.attempts + 1;
  const isParked = attempts >= MAX_ATTEMPTS;
  if (isParked) deps.log.error({ eventId: event.id }, 'an event was parked');
  const availableAt = new Date(now.getTime() + SECOND_MS * 2 ** (attempts - 1));
  return { event, attempts, availableAt, parkedAt: isParked ? now : null, reason: error.message.slice(0, 500) };
}

/** Nobody loses sight of a parked event: the ledger shows it beside the messages of the person. */
function parkedTurn(person: Person, event: QueuedEvent, error: Error, now: Date): Turn {
  const turn = beginTurn(
    person,
    event,
    { kind: 'unhandled', name: event.kind, opensWindow: false, standby: false },
    now,
  );
  turn.effects.ledger.push({
    kind: 'event_parked',
    at: now,
    inboundEventId: event.id,
    reason: error.message.slice(0, 500),
  });
  return turn;
}

/** Counts a try against the first item of whose rows were refused, in a transaction of its own; false when there is none. */
async function punishFirst(deps: ProcessDeps, identityIds: string[], error: unknown): Promise<boolean> {
  const reason = error instanceof Error ? error.message.slice(0, 500) : String(error);
  const now = deps.clock.now();
  const { rowCount } = await deps.db.pool.query(PUNISH, [now, MAX_ATTEMPTS, reason, identityIds]);
  return (rowCount ?? 0) > 0;
}

const PUNISH = `
UPDATE inbound_queue SET attempts = attempts + 1, reason = $3,
  available_at = $1::timestamptz + interval '1 second' * power(2, attempts),
  parked_at = CASE WHEN attempts + 1 >= $2 THEN $1::timestamptz END
WHERE seq = (SELECT seq FROM inbound_queue WHERE identity_id = ANY($4::uuid[]) AND parked_at IS NULL AND available_at <= $1
  ORDER BY occurred_at, seq LIMIT 1 FOR UPDATE SKIP LOCKED)`;
