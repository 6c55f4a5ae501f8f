// How each offer does: states, and what those who got it bought against those who were held out.
import type pg from 'pg';
import { DAY_MS } from '../clock.ts';
import { type OfferBook, type OfferDefinition, USUAL_WINDOW_MS } from './offer-book.ts';
import type { OfferAnswerRow } from './offer-schema.ts';
import { shareDifference, wilsonInterval } from './wilson-interval.ts';

export const OFFER_DEFINITION =
  'converted: of the issues that journeys made, those followed within the window by an order that was not wholly paid back, or by a renewal or upgrade, of the customer; counted alike for those who got the offer and those held out, whether or not the message could be sent. conversions: of the offered and converted, direct = the customer accepted the offer (in the chat, to staff or by an order that carries the code), also where the renewal came without an order; assisted = it reached them. lift: the difference of both shares, with a 95 % interval (Wilson, Newcombe). revenue: orders whose attribution names the offer, minus their refunds.';

// Both groups are counted by the same rule, from the moment the lot fell; only so is the difference the offer's own.
// Each count reads its tables once, as a whole, and keeps no row: asked once per issue, a million customers took seconds.
const READ = `
WITH w AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS w(code text, window_ms bigint)
), refunds AS (
  SELECT customer_id, refund_of, sum(amount) AS amount FROM orders WHERE refund_of IS NOT NULL GROUP BY 1, 2
), gains AS (
  SELECT o.customer_id, o.at FROM orders o LEFT JOIN refunds r ON r.customer_id = o.customer_id AND r.refund_of = o.external_id
  WHERE o.kind = 'order' AND o.amount > coalesce(r.amount, 0)
  UNION ALL
  SELECT customer_id, at FROM subscription_changes WHERE kind IN ('renewed', 'upgraded')
), followed AS (
  SELECT DISTINCT i.id, i.code, i.state, i.sent_at IS NOT NULL AS was_heard
  FROM offer_issues i LEFT JOIN w ON w.code = i.code JOIN gains g ON g.customer_id = i.customer_id
    AND g.at >= i.created_at AND g.at <= i.created_at + interval '1 millisecond' * coalesce(w.window_ms, $2)
  WHERE i.journey IS NOT NULL
), made AS (
  SELECT code, state, count(*)::int AS n, count(journey)::int AS by_journey FROM offer_issues GROUP BY 1, 2
), converted AS (
  SELECT code, state, count(*)::int AS n, count(*) FILTER (WHERE was_heard)::int AS heard FROM followed GROUP BY 1, 2
), money AS (
  SELECT i.code, o.attribution, sum(CASE o.kind WHEN 'refund' THEN -o.amount ELSE o.amount END)::float8 AS amount
  FROM orders o JOIN offer_issues i ON i.id = o.offer_issue_id WHERE o.offer_issue_id IS NOT NULL GROUP BY 1, 2
)
SELECT coalesce((SELECT json_agg(made) FROM made), '[]') AS made,
  coalesce((SELECT json_agg(converted) FROM converted), '[]') AS converted,
  coalesce((SELECT json_agg(money) FROM money), '[]') AS money`;

type Made = { code: string; state: string; n: number; by_journey: number };
type Converted = { code: string; state: string; n: number; heard: number };
type Money = { code: string; attribution: string | null; amount: number };
type Counted = { made: Made[]; converted: Converted[]; money: Money[] };

/** All of the catalogue, and those that it forgot but that were made. */
export async function readOffers(pool: pg.Pool, offers: OfferBook): Promise<OfferAnswerRow[]> {
  const book = offers();
  const windows = book.offers.map(({ code, windowMs }) => ({ code, window_ms: windowMs }));
  const { rows } = await pool.query<Counted>(READ, [JSON.stringify(windows), USUAL_WINDOW_MS]);
  const counted = rows[0] ?? { made: [], converted: [], money: [] };
  const forgotten = new Set(counted.made.map(({ code }) => code).filter((code) => book.offer(code) === null));
  return [
    ...book.offers.map((definition) => answerOf(counted, definition.code, definition)),
    ...[...forgotten].sort().map((code) => answerOf(counted, code, null)),
  ];
}

function answerOf(counted: Counted, code: string, definition: OfferDefinition | null): OfferAnswerRow {
  const [made, converted, money] = [of(counted.made, code), of(counted.converted, code), of(counted.money, code)];
  const offered = { count: sum(converted.filter(wasOffered), 'n'), total: sum(made.filter(wasOffered), 'by_journey') };
  const heldOut = { count: sum(converted.filter(wasHeldOut), 'n'), total: sum(made.filter(wasHeldOut), 'by_journey') };
  const revenue = (attribution: string) =>
    sum(
      money.filter((one) => one.attribution === attribution),
      'amount',
    );
  return {
    code,
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
    states: Object.fromEntries(made.map(({ state, n }) => [state, n])),
    offered: shareOf(offered),
    heldOut: shareOf(heldOut),
    lift: shareDifference(offered, heldOut),
    conversions: {
      direct: sum(converted.filter(saidYes), 'n'),
      assisted: sum(
        converted.filter((one) => wasOffered(one) && !saidYes(one)),
        'heard',
      ),
    },
    revenue: { direct: revenue('direct'), assisted: revenue('assisted') },
  };
}

const of = <Row extends { code: string }>(rows: readonly Row[], code: string) =>
  rows.filter((row) => row.code === code);
const wasHeldOut = ({ state }: { state: string }) => state === 'held_out';
const wasOffered = ({ state }: { state: string }) => state !== 'held_out';
const saidYes = ({ state }: { state: string }) => state === 'accepted';
const sum = <Key extends string>(rows: readonly Record<Key, number>[], key: Key) =>
  rows.reduce((total, row) => total + row[key], 0);

function shareOf({ count, total }: { count: number; total: number }) {
  return { converted: count, total, ...wilsonInterval(count, total) };
}
