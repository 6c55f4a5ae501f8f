// What must hold whatever happened in a story: asked of the database and of the pretend providers' own ledger, apart from
// the program's rules, and answered with every breach in words.
import { localParts } from '../../src/flows/local-time.ts';
import type { AcceptedSend } from '../../src/sandbox/world.ts';
import type { Stage } from './stage.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Tết and the other days on which nobody is written to, as the shipped calendar has them. */
const HOLIDAYS = [
  ['2026-01-01', '2026-01-01'],
  ['2026-02-14', '2026-02-22'],
  ['2026-04-26', '2026-04-26'],
  ['2026-04-30', '2026-05-01'],
  ['2026-09-02', '2026-09-02'],
  ['2027-01-01', '2027-01-01'],
  ['2027-02-04', '2027-02-10'],
] as const;

type Row = {
  id: string;
  customer_id: string;
  person: string;
  channel: string;
  purpose: string;
  status: string;
  reason: string | null;
  text: string | null;
  kind: string;
  provider_message_id: string | null;
  cost_kind: string | null;
  cost_amount: number | null;
  sending_at: Date | null;
  created_at: Date;
  journey: string | null;
  run_id: string | null;
};
type Said = Row & { at: Date; call: AcceptedSend | null };

const OUTBOX = `
SELECT o.id, o.customer_id, i.external_id AS person, o.channel, o.purpose, o.status, o.reason,
  coalesce(o.content ->> 'text', o.content ->> 'preview') AS text, o.content ->> 'kind' AS kind, o.provider_message_id,
  o.cost_kind, o.cost_amount, o.sending_at, o.created_at, o.run_id, s.journey
FROM outbound_messages o JOIN channel_identities i ON i.id = o.identity_id LEFT JOIN enrolment_steps s ON s.run_id = o.run_id
ORDER BY o.seq`;

/** Every breach of a rule, in words; none is what a story wants. */
export async function breachesOf(stage: Stage): Promise<string[]> {
  const { rows } = await stage.db.pool.query<Row>(OUTBOX);
  const said = saidOf(stage, rows);
  return [
    ...providerBreaches(stage, rows),
    ...said.flatMap((one) => timeBreaches(one)),
    ...said.flatMap((one) => windowBreaches(stage, one)),
    ...said.flatMap(costBreaches),
    ...capBreaches(said),
    ...repeatBreaches(said),
    ...(await consentBreaches(stage, said)),
    ...(await ledgerBreaches(stage)),
  ];
}

function saidOf(stage: Stage, rows: Row[]): Said[] {
  const calls = new Map(stage.sandbox.ledger.map((call) => [call.providerMessageId, call]));
  return rows.flatMap((row) => {
    const call = calls.get(row.provider_message_id ?? '') ?? null;
    const at = call?.at ?? row.sending_at;
    return ['sent', 'delivered', 'read'].includes(row.status) && at ? [{ ...row, at, call }] : [];
  });
}

const nameOf = ({ purpose, channel, text, created_at }: Row) =>
  `${purpose} on ${channel}, ${created_at.toISOString()}: ${text?.slice(0, 50)}`;

/** What the providers accepted is what the outbox says was sent, call by call. */
function providerBreaches(stage: Stage, rows: Row[]): string[] {
  const known = Map.groupBy(rows, (row) => row.provider_message_id ?? '');
  const accepted = new Set(stage.sandbox.ledger.map((call) => call.providerMessageId));
  return [
    ...stage.sandbox.violations.map(({ path, reason }) => `violation: ${path} ${reason}`),
    ...stage.sandbox.ledger.flatMap((call) =>
      known.get(call.providerMessageId)?.length === 1 ? [] : [`the outbox does not know: ${call.text.slice(0, 60)}`],
    ),
    ...rows.flatMap((row) => {
      const isDone = ['sent', 'delivered', 'read', 'skipped'].includes(row.status);
      const wasSaid = row.status !== 'skipped' && row.channel !== 'email';
      if (!isDone) return [`left ${row.status} (${row.reason}): ${nameOf(row)}`];
      if (wasSaid && !accepted.has(row.provider_message_id ?? '')) return [`never accepted: ${nameOf(row)}`];
      return row.status === 'skipped' && !row.reason ? [`skipped without a reason: ${nameOf(row)}`] : [];
    }),
  ];
}

const isUnasked = ({ purpose }: Row) => purpose === 'care' || purpose === 'advertising';

function timeBreaches(one: Said): string[] {
  if (!isUnasked(one)) return [];
  const { year, month, day, hour, minute } = localParts(one.at.getTime(), ZONE);
  const clock = hour * 60 + minute;
  const date = [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
  return [
    ...(clock < 7 * 60 + 30 || clock >= 21 * 60 ? [`in quiet hours (${hour}:${minute}): ${nameOf(one)}`] : []),
    ...(HOLIDAYS.some(([from, to]) => from <= date && date <= to) ? [`on a holiday (${date}): ${nameOf(one)}`] : []),
  ];
}

/** From the person's own words on the phone: 7 days on Zalo, 24 hours on Messenger, templates at any time. */
function windowBreaches(stage: Stage, one: Said): string[] {
  if (one.call === null || one.kind === 'template') return [];
  const person = stage.sandbox.people().find(({ id }) => id === one.person);
  const words = (person?.messages ?? []).filter(({ from }) => from === 'person').map(({ at }) => Date.parse(at));
  const last = Math.max(person?.followedAt ?? 0, ...words.filter((at) => at <= one.at.getTime()));
  const allowed = one.channel === 'zalo' ? 7 * DAY : DAY;
  return one.at.getTime() - last > allowed ? [`outside the window: ${nameOf(one)}`] : [];
}

function costBreaches(one: Said): string[] {
  if (one.cost_kind === null) return [`no cost: ${nameOf(one)}`];
  if (one.kind === 'template' && one.cost_amount === null) return [`a template without a price: ${nameOf(one)}`];
  const isCharged = one.cost_kind === 'charged';
  return one.call && one.kind !== 'template' && one.call.isCharged !== isCharged
    ? [`${one.cost_kind} here, ${one.call.isCharged ? '' : 'not '}charged there: ${nameOf(one)}`]
    : [];
}

/** At most 2 a day, 5 a week, 4 hours apart: whatever journeys began unasked; advertising never more than 3 a day. */
function capBreaches(said: Said[]): string[] {
  return [...Map.groupBy(said.filter(isUnasked), (one) => one.customer_id).values()].flatMap((own) => {
    const begun = [...Map.groupBy(own, (one) => one.run_id ?? one.id).values()].flatMap((run) => {
      const [first] = run;
      return first?.journey && !SERVICE.has(first.journey) ? [first] : [];
    });
    return [
      ...tooMany(begun, 2, DAY),
      ...tooMany(begun, 5, 7 * DAY),
      ...tooMany(begun, 1, 4 * HOUR - 1),
      ...tooMany(
        own.filter(({ purpose }) => purpose === 'advertising'),
        3,
        DAY,
      ),
    ];
  });
}

const SERVICE = new Set(['onboarding', 'recovery', 'warranty-reminder']);

function tooMany(said: Said[], most: number, spanMs: number): string[] {
  return said.flatMap((one, index) => {
    const next = said[index + most];
    if (!next || next.at.getTime() - one.at.getTime() >= spanMs) return [];
    return [`more than ${most} within ${spanMs / HOUR} h: ${one.at.toISOString()} ${nameOf(one)} … ${nameOf(next)}`];
  });
}

/** Asked after each thing that is new each time; asked again after another long silence. */
const MAY_REPEAT = [/thấy có ích không ạ/, /dạo này em ít thấy/];

function repeatBreaches(said: Said[]): string[] {
  const unasked = said.filter((one) => isUnasked(one) && !MAY_REPEAT.some((text) => text.test(one.text ?? '')));
  return [...Map.groupBy(unasked, (one) => `${one.customer_id} ${one.text}`).values()].flatMap(([first, ...again]) =>
    first && again.length > 0 ? [`said ${again.length + 1} times: ${nameOf(first)}`] : [],
  );
}

type Word = { customer_id: string; granted: boolean; at: Date; kind: string };
const WORDS = `
SELECT customer_id, granted, at, 'consent' AS kind FROM consents WHERE purpose IN ('advertising', 'all') UNION ALL
SELECT customer_id, false, at, 'opted_out' FROM touchpoints WHERE kind = 'opted_out' UNION ALL
SELECT customer_id, true, at, 'opted_in' FROM touchpoints WHERE kind = 'opted_in' ORDER BY at`;

async function consentBreaches(stage: Stage, said: Said[]): Promise<string[]> {
  const { rows } = await stage.db.pool.query<Word>(WORDS);
  return said.flatMap((one) => {
    const words = rows.filter((word) => word.customer_id === one.customer_id && word.at < one.at);
    const isOut = words.findLast(({ kind }) => kind !== 'consent')?.kind === 'opted_out';
    if (isOut && isUnasked(one)) return [`after the opt-out: ${nameOf(one)}`];
    const mayAdvertise = words.findLast(({ kind }) => kind === 'consent')?.granted === true;
    return one.purpose === 'advertising' && !mayAdvertise ? [`without consent: ${nameOf(one)}`] : [];
  });
}

/** Each decision has exactly one line of the ledger, and whatever was not done has a reason there. */
const LEDGER = `
WITH lines AS (
  SELECT customer_id, data ->> 'journey' AS journey, data ->> 'step' AS step, (data ->> 'occurrence')::int AS occurrence,
    CASE kind WHEN 'journey_step_skipped' THEN 'skipped' ELSE 'started' END AS status, count(*) AS lines
  FROM touchpoints WHERE kind IN ('journey_step_started', 'journey_step_skipped')
    OR (kind = 'task_opened' AND data ? 'occurrence') GROUP BY 1, 2, 3, 4, 5
), rows AS (
  SELECT customer_id, journey, step, occurrence, status, count(*) AS rows FROM enrolment_steps
  WHERE status IN ('started', 'skipped') GROUP BY 1, 2, 3, 4, 5
)
SELECT concat_ws(' ', 'ledger', journey, step, occurrence, status, coalesce(rows, 0), 'decided', coalesce(lines, 0), 'lines') AS breach
FROM lines FULL JOIN rows USING (customer_id, journey, step, occurrence, status) WHERE rows IS DISTINCT FROM lines
UNION ALL
SELECT concat_ws(' ', 'no reason:', kind, step, data) FROM touchpoints WHERE coalesce(reason, '') = '' AND kind IN
  ('journey_step_skipped', 'journey_step_deferred', 'message_skipped', 'enrolment_ended', 'enrolment_skipped', 'survey_skipped', 'fallback_taken', 'offer_held_out')
UNION ALL
SELECT concat_ws(' ', 'went wrong:', kind, reason, data) FROM touchpoints
WHERE kind IN ('flow_failed', 'event_parked', 'message_failed', 'message_uncertain', 'message_parked')
UNION ALL
SELECT concat_ws(' ', 'enrolment', e.journey, e.status, 'began', count(*) FILTER (WHERE t.kind = 'enrolment_started'), 'ended',
  count(*) FILTER (WHERE t.kind = 'enrolment_ended'))
FROM enrolments e LEFT JOIN touchpoints t ON t.data ->> 'enrolment' = e.id::text GROUP BY e.id
HAVING count(*) FILTER (WHERE t.kind = 'enrolment_started') <> 1
  OR count(*) FILTER (WHERE t.kind = 'enrolment_ended') <> CASE e.status WHEN 'active' THEN 0 ELSE 1 END
UNION ALL
SELECT concat_ws(' ', 'message', o.status, o.content ->> 'text', 'has', count(t.id), 'lines') FROM outbound_messages o
LEFT JOIN touchpoints t ON t.outbound_message_id = o.id AND t.kind IN ('message_out', 'message_skipped')
GROUP BY o.id HAVING count(t.id) <> 1
UNION ALL
SELECT concat_ws(' ', 'the same tip', data ->> 'tip', count(*)) FROM touchpoints WHERE kind = 'tip_shared'
GROUP BY customer_id, data ->> 'tip' HAVING count(*) > 1
UNION ALL
SELECT concat_ws(' ', 'stays', status, journey, step, due_at, reason) FROM enrolment_steps WHERE status = 'due'
UNION ALL
SELECT 'an event waits: ' || q.event_id FROM inbound_queue q WHERE q.parked_at IS NOT NULL`;

async function ledgerBreaches(stage: Stage): Promise<string[]> {
  const { rows } = await stage.db.pool.query<{ breach: string }>(LEDGER);
  return rows.map(({ breach }) => breach);
}
