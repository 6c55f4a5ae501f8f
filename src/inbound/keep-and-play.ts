// The short way: what webhooks bring is kept, played and saved in one transaction, before the 200. It saves the queue, a
// second commit and reading again what was just written. Whoever is being worked, or has something queued, takes the long
// way: their events are queued behind it, in the same transaction.
import type { QueuedEvent } from '../conversations/stored-event.ts';
import { type Delivery, type EventRow, rowsOf } from './delivery-rows.ts';
import { keepAndLock } from './keep-deliveries.ts';
import type { QueuedFor } from './outcome.ts';
import { type ProcessDeps, playBatch, saveContext } from './process-events.ts';
import { readPeople } from './read-people.ts';
import { saveTurns } from './save-turns.ts';
import { workOf } from './work.ts';

/** How many people were worked, and whether something is left to the worker. */
export type Played = { worked: number; isSomethingQueued: boolean };

export async function keepAndPlay(deps: ProcessDeps, deliveries: readonly Delivery[]): Promise<Played> {
  const rows = rowsOf(deliveries);
  const now = deps.clock.now();
  const { newId } = deps;
  const { works, left } = await deps.db.queueTransaction('keep-and-play', async (client) => {
    const { newEvents, held } = await keepAndLock(client, rows);
    const events = Map.groupBy(
      rows.events.filter((row) => newEvents.has(row.id)),
      (row) => row.identity_id,
    );
    // About the account and nobody in particular: the ledger has it.
    events.delete(null);
    if (events.size === 0) return { works: [], left: [] };
    // A second statement on purpose: it sees what the previous holder of the lock committed.
    const people = await readPeople(client, held, { which: 'free', now, newId, timeZone: deps.tools.timeZone });
    const works = people.flatMap((read) => {
      const own = events.get(read.person.identity.id);
      events.delete(read.person.identity.id);
      return own
        ? [
            workOf(
              read,
              inOrder(own).map((row) => eventOf(row, now)),
            ),
          ]
        : [];
    });
    const outcomes = await playBatch(deps, client, works, now);
    const left = [...events].flatMap(([identityId, own]) => (identityId === null ? [] : waiting(identityId, own, now)));
    await saveTurns(client, saveContext(deps, now), outcomes, left);
    return { works, left };
  });
  const wanted = works.flatMap((work) => (work.awaitsProfile ? [{ ...work.person.identity }] : []));
  if (wanted.length > 0) deps.onProfilesWanted?.(wanted);
  return { worked: works.length, isSomethingQueued: left.length > 0 };
}

/** The channel's order first, then that of arrival. */
function inOrder(rows: EventRow[]): EventRow[] {
  return rows.sort((a, b) => a.occurred_at.getTime() - b.occurred_at.getTime() || a.n - b.n);
}

function eventOf(row: EventRow, now: Date): QueuedEvent {
  return {
    id: row.id,
    seq: null,
    attempts: 0,
    availableAt: now,
    occurredAt: row.occurred_at,
    receivedAt: row.received_at,
    providerEvent: row.provider_event,
    kind: row.kind,
    payload: row.payload,
    body: row.body,
  };
}

function waiting(identityId: string, rows: EventRow[], now: Date): QueuedFor[] {
  return inOrder(rows).map((row) => {
    const event = eventOf(row, now);
    return { identityId, item: { event, attempts: 0, availableAt: now, parkedAt: null, reason: null } };
  });
}
