// What playing a batch of events came to: turns to save, and what waits for the worker.
import type { QueuedEvent } from '../conversations/stored-event.ts';
import type { Turn } from '../conversations/turn.ts';
import type { Person } from '../conversations/work.ts';

export type RequeuedItem = {
  event: QueuedEvent;
  attempts: number;
  availableAt: Date;
  parkedAt: Date | null;
  reason: string | null;
};

/** What became of one person in this batch. */
export type Outcome = {
  person: Person;
  /** The person as they were read. */
  before: Person;
  /** Whether their conversation lies in the database already. */
  isKnown: boolean;
  turns: Turn[];
  requeued: RequeuedItem[];
  profileWaitUntil: Date | null;
};

/** An event that waits for the worker, and whose. */
export type QueuedFor = { identityId: string; item: RequeuedItem };
