// What customers said last about being written to unasked, and how much advertising they had: read while they are held
// until the commit. No "no" and no other process comes between the question and the sending.
import type pg from 'pg';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import { DAY_MS } from '../clock.ts';
import type { DueMessage } from './candidate.ts';
import { isUnasked } from './outbound-message.ts';

/** `advertisedAt`: over all channels in the last 24 hours; not read for whom nothing of the kind is due. */
export type LastWords = { optedOutAt: Date | null; hasAdvertisingConsent: boolean | null; advertisedAt: Date[] };

// A weak lock: it keeps out other claims and whoever writes down a "no", and nobody who only refers to the customer. Waiting
// for it could stand across a turn that holds the customer and wants one of our rows: who is busy is left for the next round.
const HOLD = `
SELECT id FROM customers WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;

// A second statement on purpose: it sees what the previous holder of the lock committed. What was surely not accepted does
// not count as advertising; what may have been does. A "no" to one channel holds on that channel.
const READ = `
SELECT c.id, coalesce(c.opted_out_at, (
    SELECT k.at FROM consents k
    WHERE k.customer_id = c.id AND k.purpose = 'all' AND k.channel = $2 AND NOT k.granted AND NOT EXISTS (
      SELECT 1 FROM consents g WHERE g.customer_id = c.id AND g.purpose = 'all' AND g.channel IN ($2, '*')
        AND g.granted AND g.at > k.at)
    ORDER BY k.at DESC LIMIT 1
  )) AS "optedOutAt", a.consent AS "hasAdvertisingConsent", coalesce(a.sent, '{}') AS "advertisedAt"
FROM customers c LEFT JOIN LATERAL (
  SELECT (
    SELECT k.granted FROM consents k WHERE k.customer_id = c.id AND k.channel IN ($2, '*')
      AND (k.purpose = 'advertising' OR (k.purpose = 'all' AND NOT k.granted))
    ORDER BY k.at DESC, k.granted LIMIT 1
  ) AS consent, (
    SELECT array_agg(o.sending_at) FROM outbound_messages o WHERE o.customer_id = c.id AND o.purpose = 'advertising'
      AND o.sending_at >= $3 AND o.status IN ('sending', 'sent', 'delivered', 'read', 'uncertain', 'parked')
  ) AS sent
) a ON c.id = ANY($4::uuid[])
WHERE c.id = ANY($1::uuid[])`;

/** By customer id, of all to whom something unasked is due. Busy customers are absent: leave them alone now. */
export async function readLastWords(
  client: pg.ClientBase,
  due: readonly DueMessage[],
  { channel, now }: { channel: ChannelName; now: Date },
): Promise<Map<string, LastWords>> {
  const customersOf = (messages: readonly DueMessage[]) => [...new Set(messages.map((one) => one.customerId))];
  const unasked = customersOf(due.filter(({ purpose }) => isUnasked(purpose)));
  if (unasked.length === 0) return new Map();
  const advertised = customersOf(due.filter(({ purpose }) => purpose === 'advertising'));
  const held = await client.query<{ id: string }>({ name: 'hold-customers', text: HOLD, values: [unasked] });
  const ids = held.rows.map(({ id }) => id);
  const since = new Date(now.getTime() - DAY_MS);
  const values = [ids, channel, since, advertised];
  const { rows } = await client.query<LastWords & { id: string }>({ name: 'read-last-words', text: READ, values });
  return new Map(rows.map(({ id, ...words }) => [id, words]));
}
