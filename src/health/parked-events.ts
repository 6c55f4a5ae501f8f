// Events that no try could work. A replay puts them back into their queue: what they cause has ids made from the event,
// so that nothing is said twice however often somebody presses.
import type pg from 'pg';
import type { DeadQuery, ParkedEvent, RepairAnswer } from './dead-letters-schema.ts';
import { type Repair, repairRows } from './note-repairs.ts';

type Row = Omit<ParkedEvent, 'at' | 'parkedAt' | 'person' | 'payload'> & {
  at: Date;
  parkedAt: Date;
  payload: unknown;
  conversationId: string | null;
  externalId: string | null;
  name: string | null;
  peerId: string | null;
};

const LONGEST_PAYLOAD = 20_000;

const READ = `
SELECT q.seq::text AS id, q.event_id AS "eventId", e.kind, e.channel, e.occurred_at AS at, q.parked_at AS "parkedAt",
  q.attempts AS tries, q.reason, e.payload, c.id AS "conversationId", cu.external_id AS "externalId",
  coalesce(cu.name, i.display_name) AS name, i.external_id AS "peerId", coalesce(i.last_inbound_at > e.occurred_at, false) AS "wroteSince"
FROM inbound_queue q JOIN inbound_events e ON e.id = q.event_id
LEFT JOIN channel_identities i ON i.id = q.identity_id
LEFT JOIN customers cu ON cu.id = i.customer_id
LEFT JOIN conversations c ON c.identity_id = i.id
WHERE q.parked_at IS NOT NULL AND ($1::bigint IS NULL OR q.seq < $1) ORDER BY q.seq DESC LIMIT $2`;

/** Newest first; one more than `limit` when there is one. */
export async function readParkedEvents(pool: pg.Pool, { limit, cursor }: DeadQuery): Promise<ParkedEvent[]> {
  const { rows } = await pool.query<Row>(READ, [cursor ?? null, limit + 1]);
  return rows.map(({ conversationId, externalId, name, peerId, ...row }) => ({
    ...row,
    at: row.at.toISOString(),
    parkedAt: row.parkedAt.toISOString(),
    payload: JSON.stringify(row.payload, null, 2).slice(0, LONGEST_PAYLOAD),
    person: peerId === null ? null : { conversationId, externalId, name, peerId },
  }));
}

const REPLAY = `
UPDATE inbound_queue q SET parked_at = NULL, attempts = 0, available_at = $2, reason = NULL
FROM channel_identities i WHERE i.id = q.identity_id AND q.seq = ANY($1::bigint[]) AND q.parked_at IS NOT NULL
RETURNING q.event_id AS id, i.customer_id`;

const DISCARD = `
DELETE FROM inbound_queue q USING channel_identities i
WHERE i.id = q.identity_id AND q.seq = ANY($1::bigint[]) AND q.parked_at IS NOT NULL
RETURNING q.event_id AS id, i.customer_id`;

/** Worked once more, from the first try on. */
export async function replayEvents(
  client: pg.ClientBase,
  repair: Repair,
  ids: readonly string[],
): Promise<RepairAnswer> {
  return await repairRows(client, repair, 'parked_event', ids, {
    text: REPLAY,
    values: [repair.now],
    data: { how: 'replay' },
  });
}

/** Never worked; the event itself stays, as all do. */
export async function discardEvents(
  client: pg.ClientBase,
  repair: Repair,
  { ids, reason }: { ids: readonly string[]; reason: string },
): Promise<RepairAnswer> {
  return await repairRows(client, repair, 'parked_event', ids, { text: DISCARD, data: { how: 'discard', reason } });
}
