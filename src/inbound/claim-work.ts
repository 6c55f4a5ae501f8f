// Taking work: locks people who have something to be worked, and reads all that their turns may know.
// A person whose failed event waits for its next try is left alone: order first. A locked person is nobody else's, in this process or another, until the transaction ends.
import type pg from 'pg';
import type { QueuedEvent } from '../conversations/stored-event.ts';
import type { NewId } from '../ids.ts';
import { readSurveyHistory } from '../surveys/read-survey-history.ts';
import { readDueSteps } from './read-due-steps.ts';
import { readPeople } from './read-people.ts';
import { type Work, workOf } from './work.ts';

const LOCK_PEOPLE = `
SELECT i.id FROM channel_identities i
WHERE i.id IN (
    SELECT q.identity_id FROM inbound_queue q
    WHERE q.parked_at IS NULL AND q.available_at <= $1 ORDER BY q.seq LIMIT $3)
  AND (i.profile_wait_until IS NULL OR i.profile_fetched_at IS NOT NULL OR i.profile_wait_until <= $1)
  AND NOT EXISTS (
    SELECT 1 FROM inbound_queue r
    WHERE r.identity_id = i.id AND r.parked_at IS NULL AND r.attempts > 0 AND r.available_at > $1)
LIMIT $2 FOR UPDATE SKIP LOCKED`;

// A second statement on purpose: it sees what the previous holder of the lock committed.
const TAKE_EVENTS = `
WITH taken AS (
  DELETE FROM inbound_queue q WHERE q.identity_id = ANY($1::uuid[]) AND q.parked_at IS NULL
  RETURNING q.seq, q.event_id, q.identity_id, q.attempts, q.available_at)
SELECT t.identity_id, t.seq::text, t.attempts, t.available_at, e.id, e.kind, e.provider_event, e.occurred_at, e.received_at, e.payload
FROM taken t JOIN inbound_events e ON e.id = t.event_id
ORDER BY e.occurred_at, t.seq`;

type EventRow = {
  identity_id: string;
  seq: string;
  attempts: number;
  available_at: Date;
  id: string;
  kind: string;
  provider_event: string;
  occurred_at: Date;
  received_at: Date;
  payload: unknown;
};

/** Locks up to `limit` people and takes their events out of the queue, inside the caller's transaction. */
export async function claimWork(
  client: pg.ClientBase,
  { now, limit, newId, timeZone }: { now: Date; limit: number; newId: NewId; timeZone: string },
): Promise<Work[]> {
  const locked = await client.query<{ id: string }>({
    name: 'lock-people',
    text: LOCK_PEOPLE,
    values: [now, limit, limit * 8],
  });
  if (locked.rows.length === 0) return [];
  const ids = locked.rows.map((row) => row.id);
  const events = await client.query<EventRow>({ name: 'take-events', text: TAKE_EVENTS, values: [ids] });
  const people = await readPeople(client, ids, { which: 'all', now, newId, timeZone });
  const dueSteps = await readDueSteps(client, events.rows);
  const byIdentity = Map.groupBy(events.rows, (row) => row.identity_id);
  const isDue = ({ person }: (typeof people)[number]) =>
    (byIdentity.get(person.identity.id) ?? []).some((row) => row.kind === 'flow_due');
  const customerIds = people.filter(isDue).map(({ person }) => person.customer.id);
  const histories = await readSurveyHistory(client, customerIds, now);
  return people.flatMap((read) => {
    const rows = byIdentity.get(read.person.identity.id);
    const surveys = histories.get(read.person.customer.id);
    const more = { ...(dueSteps ? { dueSteps } : {}), ...(surveys ? { surveys } : {}) };
    const person = { ...read.person, ...more };
    return rows ? [workOf({ ...read, person }, rows.map(eventOf))] : [];
  });
}

function eventOf(row: EventRow): QueuedEvent {
  return {
    id: row.id,
    seq: row.seq,
    attempts: row.attempts,
    availableAt: row.available_at,
    occurredAt: row.occurred_at,
    receivedAt: row.received_at,
    providerEvent: row.provider_event,
    kind: row.kind,
    payload: row.payload,
  };
}
