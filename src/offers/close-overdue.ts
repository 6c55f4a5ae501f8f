// Offers whose time is over: past their deadline, never answered, or overtaken by the renewal that they were about.
import type pg from 'pg';
import { type Clock, MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { type OfferBook, USUAL_WINDOW_MS } from './offer-book.ts';

// What was said to nobody ends quietly; the rest leaves one line, because only the row that moves writes it.
const CLOSING = `
closed AS (
  UPDATE offer_issues o SET state = CASE WHEN c.is_expired OR c.was = 'eligible' THEN 'expired' ELSE 'ignored' END,
    reason = CASE WHEN c.was = 'eligible' THEN coalesce(o.reason, 'Không có dịp gửi trong thời hạn.') ELSE c.why END, answered_at = $1
  FROM closing c WHERE o.id = c.id AND o.state = c.was
  RETURNING o.*, c.was
), told AS (
  INSERT INTO touchpoints (at, kind, customer_id, conversation_id, reason, flow, step, data)
  SELECT $1, 'offer_' || state, customer_id, conversation_id, reason, flow, step, jsonb_build_object('code', code, 'issueId', id)
  FROM closed WHERE was <> 'eligible'
)
SELECT count(*)::int AS count FROM closed`;

const RENEWED = `EXISTS (SELECT 1 FROM subscription_changes s
  WHERE s.subscription_id = o.subscription_id AND s.kind = 'renewed' AND s.at >= o.sent_at)`;

// Read by the index of open offers: only what is over is touched, however many are open.
const CLOSE_OVER = `
WITH closing AS (
  SELECT o.id, o.state AS was, NOT is_renewed AS is_expired,
    CASE WHEN is_renewed THEN 'Gói đã gia hạn mà khách không trả lời ưu đãi.' ELSE 'Đã quá hạn chót của ưu đãi.' END AS why
  FROM offer_issues o, LATERAL (SELECT o.code = ANY($2::text[]) AND o.state <> 'eligible' AND ${RENEWED} AS is_renewed) r
  WHERE o.state IN ('eligible', 'sent', 'later') AND o.deadline_at <= $1
  ORDER BY o.deadline_at LIMIT $3 FOR UPDATE OF o SKIP LOCKED
), ${CLOSING}`;

// All that is open is looked at, so it is looked at seldom.
const CLOSE_OVERTAKEN = `
WITH w AS (
  SELECT * FROM json_to_recordset($2::json) AS w(code text, window_ms bigint, is_renewal boolean)
), closing AS (
  SELECT o.id, o.state AS was, false AS is_expired,
    CASE WHEN o.deadline_at IS NULL AND NOT is_renewed THEN 'Khách không trả lời.'
      ELSE 'Gói đã gia hạn mà khách không trả lời ưu đãi.' END AS why
  FROM offer_issues o LEFT JOIN w ON w.code = o.code,
    LATERAL (SELECT w.is_renewal IS TRUE AND o.state <> 'eligible' AND ${RENEWED} AS is_renewed) r
  WHERE o.state IN ('eligible', 'sent', 'later') AND (is_renewed OR (o.deadline_at IS NULL
    AND coalesce(o.sent_at, o.created_at, $1) + interval '1 millisecond' * coalesce(w.window_ms, $4) <= $1))
  LIMIT $3 FOR UPDATE OF o SKIP LOCKED
), ${CLOSING}`;

export type CloseDeps = { db: Database; offers: OfferBook };
export type CloseWhat = { now: Date; limit?: number };

/** Past their deadline, up to `limit`; answers how many. Any number of processes may do it at once. */
export async function closeOverdueOffers(
  { db, offers }: CloseDeps,
  { now, limit = LIMIT }: CloseWhat,
): Promise<number> {
  const renewals = offers().offers.flatMap((one) => (one.kind === 'renewal' ? [one.code] : []));
  const query = { name: 'close-overdue-offers', text: CLOSE_OVER, values: [now, renewals, limit] };
  return await db.queueTransaction('close-overdue-offers', (client) => close(client, query));
}

/** Overtaken by the renewal that they were about, or forgotten without ever having had a deadline. */
export async function closeOvertakenOffers(
  { db, offers }: CloseDeps,
  { now, limit = LIMIT }: CloseWhat,
): Promise<number> {
  const windows = offers().offers.map((one) => ({
    code: one.code,
    window_ms: one.windowMs,
    is_renewal: one.kind === 'renewal',
  }));
  const values = [now, JSON.stringify(windows), limit, USUAL_WINDOW_MS];
  const query = { name: 'close-overtaken-offers', text: CLOSE_OVERTAKEN, values };
  return await db.durably('close-overtaken-offers', () => close(db.pool, query));
}

type Query = { name: string; text: string; values: unknown[] };

async function close(client: pg.ClientBase | pg.Pool, query: Query): Promise<number> {
  return (await client.query<{ count: number }>(query)).rows[0]?.count ?? 0;
}

const LIMIT = 1_000;
const LOOK_AGAIN_MS = MINUTE_MS;
const LOOK_AT_ALL_AGAIN_MS = 10 * MINUTE_MS;

/** The work of a round that is rung each second: looks once a minute, at all that is open once in ten. */
export function createOfferCloser(deps: CloseDeps & { clock: Clock }): () => Promise<boolean> {
  let nextLookMs = 0;
  let nextLookAtAllMs = 0;
  return async () => {
    const now = deps.clock.now();
    const isDue = (ms: number) => now.getTime() >= ms;
    const over = isDue(nextLookMs) ? await closeOverdueOffers(deps, { now }) : 0;
    if (isDue(nextLookMs) && over < LIMIT) nextLookMs = now.getTime() + LOOK_AGAIN_MS;
    const overtaken = isDue(nextLookAtAllMs) ? await closeOvertakenOffers(deps, { now }) : 0;
    if (isDue(nextLookAtAllMs) && overtaken < LIMIT) nextLookAtAllMs = now.getTime() + LOOK_AT_ALL_AGAIN_MS;
    return over === LIMIT || overtaken === LIMIT;
  };
}
