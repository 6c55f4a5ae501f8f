// The ledger of one customer, newest first, with what each line points at.
import type pg from 'pg';
import { toPage } from '../http/page.ts';
import type { TouchpointAnswer, TouchpointQuery } from './touchpoint-schema.ts';

type Row = Omit<TouchpointAnswer, 'at' | 'data' | 'message'> & {
  at: Date;
  data: unknown;
  message_id: string | null;
  message_status: string | null;
  message_reason: string | null;
};

const READ = `
SELECT t.id::text, t.at, t.kind, t.channel, t.conversation_id AS "conversationId", t.text, t.reason,
  coalesce(t.flow, v.flow) AS flow, v.number AS version, t.step, t.cost_amount AS cost, t.data,
  o.id AS message_id, o.status AS message_status, o.reason AS message_reason
FROM (
  SELECT * FROM touchpoints WHERE customer_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::text[] IS NULL OR kind = ANY($3))
  ORDER BY id DESC LIMIT $4
) t
LEFT JOIN flow_versions v ON v.id = t.flow_version_id
LEFT JOIN outbound_messages o ON o.id = t.outbound_message_id
ORDER BY t.id DESC`;

export type LedgerPage = { items: TouchpointAnswer[]; nextCursor: string | null };

/** One page; null when there is no customer with this external id. */
export async function readTouchpoints(
  pool: pg.Pool,
  externalId: string,
  query: TouchpointQuery,
): Promise<LedgerPage | null> {
  const customers = await pool.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1', [externalId]);
  const [customer] = customers.rows;
  return customer ? await readTouchpointsOf(pool, customer.id, query) : null;
}

/** The same by our own id; empty for nobody. */
export async function readTouchpointsOf(
  pool: pg.Pool,
  customerId: string,
  { limit, cursor, kind }: TouchpointQuery,
): Promise<LedgerPage> {
  const { rows } = await pool.query<Row>(READ, [customerId, cursor ?? null, kind?.split(',') ?? null, limit + 1]);
  return toPage(rows.map(answerOf), limit);
}

function answerOf({ message_id, message_status, message_reason, at, data, ...row }: Row): TouchpointAnswer {
  const message =
    message_id === null ? null : { id: message_id, status: message_status ?? 'queued', reason: message_reason };
  const isObject = typeof data === 'object' && data !== null;
  return { ...row, at: at.toISOString(), message, data: isObject ? { ...data } : {} };
}
