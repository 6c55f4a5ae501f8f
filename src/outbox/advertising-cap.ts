// The cap on advertising holds over all channels and all processes: whoever counts holds the customer until the commit.
import type pg from 'pg';
import { DAY_MS } from '../clock.ts';
import type { Candidate } from './candidate.ts';

// A weak lock: it keeps out other claims and nobody who only refers to the customer. Waiting for it could stand across a
// turn that holds the customer and wants one of our rows, so that whoever is busy is left for the next round.
const LOCK = `
SELECT id FROM customers WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;

// A second statement on purpose: it sees what the previous holder of the lock committed. What was surely not accepted does
// not count; what may have been does.
const COUNT = `
SELECT customer_id, array_agg(sending_at) AS sent FROM outbound_messages
WHERE customer_id = ANY($1::uuid[]) AND purpose = 'advertising' AND sending_at >= $2
  AND status IN ('sending', 'sent', 'delivered', 'read', 'uncertain', 'parked')
GROUP BY customer_id`;

/** Customer id → when they were advertised to in the last 24 hours. Busy customers are absent: leave them alone now. */
export async function lockAdvertised(
  client: pg.ClientBase,
  candidates: readonly Candidate[],
  now: Date,
): Promise<Map<string, Date[]>> {
  const ids = [...new Set(candidates.flatMap((one) => (one.purpose === 'advertising' ? [one.customerId] : [])))];
  if (ids.length === 0) return new Map();
  const locked = await client.query<{ id: string }>({ name: 'lock-advertised', text: LOCK, values: [ids] });
  const held = locked.rows.map((row) => row.id);
  const since = new Date(now.getTime() - DAY_MS);
  const { rows } = await client.query<{ customer_id: string; sent: Date[] }>({
    name: 'count-advertised',
    text: COUNT,
    values: [held, since],
  });
  const sent = new Map(rows.map((row) => [row.customer_id, row.sent]));
  return new Map(held.map((id) => [id, sent.get(id) ?? []]));
}
