// A portion of work: one person, held by the transaction, and the events that happened to them.
import type { QueuedEvent } from '../conversations/stored-event.ts';
import type { ReadPerson } from './read-people.ts';

/** One person with the events to work, in the channel's order. */
export type Work = ReadPerson & { events: QueuedEvent[]; awaitsProfile: boolean };

/** Kinds whose first answer speaks to the person by name, and so waits for the profile. */
const answered = new Set(['message', 'follow', 'opened_chat', 'flow_due']);

export function workOf(read: ReadPerson, events: QueuedEvent[]): Work {
  const awaitsProfile = read.isWithoutProfile && events.some((event) => answered.has(event.kind));
  return { ...read, events, awaitsProfile };
}
