// One event of one person being worked: a draft that is thrown away when the event turns out to be poison.

import type { Effects, LedgerEntry } from './effects.ts';
import { noEffects } from './effects.ts';
import type { QueuedEvent, StoredBody } from './stored-event.ts';
import type { Person } from './work.ts';

export type Turn = {
  event: QueuedEvent;
  body: StoredBody;
  now: Date;
  person: Person;
  effects: Effects;
  /** Whether the customer just did something: then what we say is an answer. */
  isCustomerAct: boolean;
  /** Whether these are the customer's first words, and nobody has greeted them yet. */
  isFirstContact: boolean;
  /** The id that a training booked in this turn gets: its calendar link is said before it is stored. */
  bookingId: string | null;
  /** Set when the event should come again later instead of being done. */
  postponedUntil: Date | null;
};

/** Copies what a turn may change, so that dropping the draft drops everything. */
export function beginTurn(person: Person, event: QueuedEvent, body: StoredBody, now: Date): Turn {
  return {
    event,
    body,
    now,
    person: {
      ...person,
      identity: { ...person.identity },
      customer: { ...person.customer, attributes: { ...person.customer.attributes } },
      conversation: {
        ...person.conversation,
        runs: { ...person.conversation.runs },
        flowsStarted: { ...person.conversation.flowsStarted },
      },
    },
    effects: noEffects(),
    isCustomerAct: false,
    isFirstContact: false,
    bookingId: null,
    postponedUntil: null,
  };
}

export function note(turn: Turn, entry: LedgerEntry): void {
  turn.effects.ledger.push({ at: turn.now, inboundEventId: turn.event.id, ...entry });
}

/** The same answer until that booking is made. */
export function bookingIdOf(turn: Turn, newId: () => string): string {
  turn.bookingId ??= newId();
  return turn.bookingId;
}
