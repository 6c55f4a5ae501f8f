// How each offer does: states, and what those who got it bought against those who were held out.
import type pg from 'pg';
import { DAY_MS } from '../clock.ts';
import { type OfferBook, type OfferDefinition, USUAL_WINDOW_MS } from './offer-book.ts';
import type { OfferAnswerRow } from './offer-schema.ts';
import { shareDifference, wilsonInterval } from './wilson-interval.ts';

export const OFFER_DEFINITION =
  'converted: of the issues that journeys made, those followed within the window by an order that was not wholly paid back, or by a renewal or upgrade, of the customer; counted alike for those who got the offer and those held out, whether or not the message could be sent. conversions: of the offered and converted, direct = the customer accepted the offer (in the chat, to staff or by an order that carries the code), also where the renewal came without an order; assisted = it reached them. lift: the difference of both shares, with a 95 % interval (Wilson, Newcombe). revenue: orders whose attribution names the offer, minus their refunds.';

// Both groups are counted by the same rule, from the moment the lot fell; only so is the difference the offer's own.
// Everything is joined as a whole: asked once per issue, a million customers took seconds.
const READ = `
WITH w AS (
  SELECT * FROM json_to_recordset($1::json) AS w(code text, window_ms bigint)
), issues AS (
  SELECT i.id, i.code, i.state, i.sent_at, i.journey IS NOT NULL AS by_journey, i.customer_id, i.created_at,
    i.created_at + interval '1 millisecond' * coalesce(w.window_ms, $2) AS until
  FROM offer_issues i LEFT JOIN w ON w.code = i.code
), refunds AS (
  SELECT customer_id, refund_of, sum(amount) AS amount FROM orders WHERE refund_of IS NOT NULL GROUP BY 1, 2
), gains AS (
  SELECT o.customer_id, o.at FROM orders o LEFT JOIN refunds r ON r.customer_id = o.customer_id AND r.refund_of = o.external_id
  WHERE o.kind = 'order' AND o.amount > coalesce(r.amount, 0)
  UNION ALL
  SELECT customer_id, at FROM subscription_changes WHERE kind IN ('renewed', 'upgraded')
), followed AS (
  SELECT DISTINCT i.id FROM issues i JOIN gains g ON g.customer_id = i.customer_id AND g.at >= i.created_at AND g.at <= i.until
  WHERE i.by_journey
), judged AS (
  SELECT i.*, f.id IS NOT NULL AS converted FROM issues i LEFT JOIN followed f ON f.id = i.id
), money AS (
  SELECT i.code, o.attribution, sum(CASE o.kind WHEN 'refund' THEN -o.amount ELSE o.amount END) AS amount
  FROM orders o JOIN offer_issues i ON i.id = o.offer_issue_id GROUP BY 1, 2
), counted AS (
  SELECT code, state, count(*) AS n FROM judged GROUP BY 1, 2
)
SELECT j.code, (SELECT json_object_agg(state, n) FROM counted WHERE counted.code = j.code) AS states,
  count(*) FILTER (WHERE by_journey AND state <> 'held_out')::int AS offered,
  count(*) FILTER (WHERE converted AND state <> 'held_out')::int AS offered_converted,
  count(*) FILTER (WHERE by_journey AND state = 'held_out')::int AS held_out,
  count(*) FILTER (WHERE converted AND state = 'held_out')::int AS held_out_converted,
  count(*) FILTER (WHERE converted AND state = 'accepted')::int AS said_yes,
  count(*) FILTER (WHERE converted AND state NOT IN ('accepted', 'held_out') AND sent_at IS NOT NULL)::int AS heard,
  coalesce((SELECT amount FROM money WHERE money.code = j.code AND attribution = 'direct'), 0)::float8 AS direct,
  coalesce((SELECT amount FROM money WHERE money.code = j.code AND attribution = 'assisted'), 0)::float8 AS assisted
FROM judged j GROUP BY j.code`;

type Row = {
  code: string;
  states: Record<string, number>;
  offered: number;
  offered_converted: number;
  held_out: number;
  held_out_converted: number;
  said_yes: number;
  heard: number;
  direct: number;
  assisted: number;
};

const NOTHING = {
  states: {},
  offered: 0,
  offered_converted: 0,
  held_out: 0,
  held_out_converted: 0,
  said_yes: 0,
  heard: 0,
  direct: 0,
  assisted: 0,
};

/** All of the catalogue, and those that it forgot but that were made. */
export async function readOffers(pool: pg.Pool, offers: OfferBook): Promise<OfferAnswerRow[]> {
  const book = offers();
  const windows = book.offers.map(({ code, windowMs }) => ({ code, window_ms: windowMs }));
  const { rows } = await pool.query<Row>(READ, [JSON.stringify(windows), USUAL_WINDOW_MS]);
  const known = book.offers.map((definition) =>
    answerOf(rows.find(({ code }) => code === definition.code) ?? { code: definition.code, ...NOTHING }, definition),
  );
  const forgotten = rows.filter(({ code }) => book.offer(code) === null);
  return [...known, ...forgotten.map((row) => answerOf(row, null))];
}

function answerOf(row: Row, definition: OfferDefinition | null): OfferAnswerRow {
  const offered = { count: row.offered_converted, total: row.offered };
  const heldOut = { count: row.held_out_converted, total: row.held_out };
  return {
    code: row.code,
    isInCatalogue: definition !== null,
    title: definition?.title ?? null,
    kind: definition?.kind ?? null,
    eligible: definition?.eligible?.text ?? null,
    benefit: definition?.benefit ?? null,
    price: definition?.price ?? null,
    gift: definition?.gift ?? null,
    once: definition?.once ?? null,
    holdOutPercent: definition?.holdOutPercent ?? null,
    windowDays: definition ? definition.windowMs / DAY_MS : null,
    states: row.states,
    offered: shareOf(offered),
    heldOut: shareOf(heldOut),
    lift: shareDifference(offered, heldOut),
    conversions: { direct: row.said_yes, assisted: row.heard },
    revenue: { direct: row.direct, assisted: row.assisted },
  };
}

function shareOf({ count, total }: { count: number; total: number }) {
  return { converted: count, total, ...wilsonInterval(count, total) };
}
