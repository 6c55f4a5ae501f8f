// Offers whose time is over: past their deadline, never answered, or overtaken by the renewal that they were about.
import { type Clock, MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { type OfferBook, USUAL_WINDOW_MS } from './offer-book.ts';

// What was said to nobody ends quietly; the rest leaves one line, because only the row that moves writes it.
const CLOSE = `
WITH w AS (
  SELECT * FROM json_to_recordset($2::json) AS w(code text, window_ms bigint, is_renewal boolean)
), due AS (
  SELECT o.id, o.state AS was, o.deadline_at <= $1 AS is_over,
    w.is_renewal IS TRUE AND o.state <> 'eligible' AND EXISTS (
      SELECT 1 FROM subscription_changes s
      WHERE s.subscription_id = o.subscription_id AND s.kind = 'renewed' AND s.at >= o.sent_at) AS is_renewed,
    coalesce(o.sent_at, o.created_at, $1) + interval '1 millisecond' * coalesce(w.window_ms, $3) AS forgotten_at
  FROM offer_issues o LEFT JOIN w ON w.code = o.code
  WHERE o.state IN ('eligible', 'sent', 'later')
), closing AS (
  SELECT o.id, due.was, is_over AND NOT is_renewed AS is_expired,
    CASE WHEN due.was = 'eligible' THEN coalesce(o.reason, 'Không có dịp gửi trong thời hạn.')
      WHEN is_renewed THEN 'Gói đã gia hạn mà khách không trả lời ưu đãi.'
      WHEN is_over THEN 'Đã quá hạn chót của ưu đãi.' ELSE 'Khách không trả lời.' END AS why
  FROM due JOIN offer_issues o ON o.id = due.id
  WHERE is_over OR is_renewed OR (o.deadline_at IS NULL AND forgotten_at <= $1)
  LIMIT $4 FOR UPDATE OF o SKIP LOCKED
), closed AS (
  UPDATE offer_issues o SET state = CASE WHEN c.is_expired OR c.was = 'eligible' THEN 'expired' ELSE 'ignored' END,
    reason = c.why, answered_at = $1
  FROM closing c WHERE o.id = c.id AND o.state = c.was
  RETURNING o.*, c.was
), told AS (
  INSERT INTO touchpoints (at, kind, customer_id, conversation_id, reason, flow, step, data)
  SELECT $1, 'offer_' || state, customer_id, conversation_id, reason, flow, step, jsonb_build_object('code', code, 'issueId', id)
  FROM closed WHERE was <> 'eligible'
)
SELECT count(*)::int AS count FROM closed`;

/** Closes up to `limit` of them; answers how many. Any number of processes may do it at once. */
export async function closeOverdueOffers(
  { db, offers }: { db: Database; offers: OfferBook },
  { now, limit = 1_000 }: { now: Date; limit?: number },
): Promise<number> {
  const windows = offers().offers.map((one) => ({
    code: one.code,
    window_ms: one.windowMs,
    is_renewal: one.kind === 'renewal',
  }));
  const { rows } = await db.pool.query<{ count: number }>({
    name: 'close-overdue-offers',
    text: CLOSE,
    values: [now, JSON.stringify(windows), USUAL_WINDOW_MS, limit],
  });
  return rows[0]?.count ?? 0;
}

/** The work of a round that is rung each second: looks once a minute; answers whether there may be more at once. */
export function createOfferCloser(deps: { db: Database; clock: Clock; offers: OfferBook }): () => Promise<boolean> {
  let nextLookMs = 0;
  return async () => {
    const now = deps.clock.now();
    if (now.getTime() < nextLookMs) return false;
    const limit = 1_000;
    const closed = await closeOverdueOffers(deps, { now, limit });
    if (closed < limit) nextLookMs = now.getTime() + MINUTE_MS;
    return closed === limit;
  };
}
