// Playing: the events of people who are held become outcomes. Pure but for the log; nothing is written here.
import type { Logger } from 'pino';
import { SECOND_MS } from '../clock.ts';
import { allRuns } from '../conversations/conversation.ts';
import { playEvent } from '../conversations/play-event.ts';
import type { StepTools } from '../conversations/step-flow.ts';
import type { QueuedEvent } from '../conversations/stored-event.ts';
import { beginTurn, type Turn } from '../conversations/turn.ts';
import type { Person } from '../conversations/work.ts';
import type { FlowLibrary } from '../flow-library/flow-library.ts';
import type { Outcome } from './outcome.ts';
import type { Work } from './work.ts';

export type PlayDeps = {
  library: FlowLibrary;
  tools: Omit<StepTools, 'scripts' | 'splitMessage'>;
  splitMessage: (channel: string) => StepTools['splitMessage'];
  log: Logger;
};

/** A poison event is parked after so many tries. */
export const MAX_ATTEMPTS = 5;
const PROFILE_WAIT_MS = 2 * SECOND_MS;

/** What becomes of each person; who is new waits for their profile first. */
export function playWork(deps: PlayDeps, work: Work, now: Date): Outcome {
  return work.awaitsProfile ? waitForProfile(work, now) : playAll(deps, work, now);
}

/** The versions of flows that must be in memory before these people can be played. */
export function versionsOf(work: Work): string[] {
  return allRuns(work.person.conversation.runs).map((run) => run.flowVersionId);
}

function waitForProfile(work: Work, now: Date): Outcome {
  const until = new Date(now.getTime() + PROFILE_WAIT_MS);
  return { ...untouched(work), requeued: work.events.map(asItWas), profileWaitUntil: until };
}

function untouched({ person, isKnown }: Work): Outcome {
  return { person, before: person, isKnown, turns: [], requeued: [], profileWaitUntil: null };
}

/** Plays a person's events in order. The first that fails keeps its place and stops the ones behind it. */
function playAll(deps: PlayDeps, work: Work, now: Date): Outcome {
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

function playOne(deps: PlayDeps, tools: StepTools, person: Person, event: QueuedEvent, now: Date): Turn | Error {
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

function failedItem(deps: PlayDeps, event: QueuedEvent, error: Error, now: Date) {
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
