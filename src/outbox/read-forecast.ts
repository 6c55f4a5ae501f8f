// What the planned steps of journeys will most likely become: per day and journey the rung that each customer can be reached
// by, should they stay as silent as they are. One statement; rows are groups, never customers.
import type pg from 'pg';
import { DAY_MS, HOUR_MS } from '../clock.ts';
import type { Scripts } from '../flows/published-flow.ts';
import type { SendRules } from './may-send.ts';

export type ForecastRow = { day: string; journey: string; way: Way; messages: number; cost: number };
type Way = 'free' | 'charged' | 'template' | 'email' | 'task' | 'none';

// The chat is chosen as journeys choose it; whoever has none is never spoken to. Sums of money are more than an int holds.
const FORECAST = `
WITH l AS (
  SELECT * FROM json_to_recordset($4::json) AS t(journey text, step text, purpose text, is_task boolean, zbs int, zns int,
    utility int, email boolean, task boolean)
), planned AS (
  SELECT s.journey, s.step, s.due_at, s.customer_id FROM enrolment_steps s
  WHERE s.status = 'planned' AND s.due_at >= $1 AND s.due_at < $2
), judged AS (
  SELECT (p.due_at AT TIME ZONE $3)::date::text AS day, p.journey, l.zbs, l.zns, l.utility,
    CASE
      WHEN l.is_task THEN 'task'
      WHEN i.id IS NULL OR cu.opted_out_at IS NOT NULL THEN 'none'
      WHEN l.purpose = 'advertising' AND NOT coalesce((SELECT k.granted FROM consents k WHERE k.customer_id = cu.id
        AND (k.purpose = 'advertising' OR (k.purpose = 'all' AND NOT k.granted)) AND k.channel IN (i.channel, '*')
        ORDER BY k.at DESC, k.granted LIMIT 1), false) THEN 'none'
      WHEN i.chat = 'zalo' AND p.due_at - i.seen <= $5::interval THEN 'free'
      WHEN i.chat = 'zalo' AND p.due_at - i.seen <= $6::interval THEN 'charged'
      WHEN i.chat = 'messenger' AND p.due_at - i.last_interaction_at <= $7::interval THEN 'free'
      WHEN i.chat = 'zalo' AND l.zbs IS NOT NULL THEN 'zbs'
      WHEN i.chat = 'messenger' AND l.utility IS NOT NULL AND l.purpose <> 'advertising' THEN 'utility'
      WHEN l.zns IS NOT NULL AND cu.phone IS NOT NULL AND (i.chat IS NOT NULL OR i.channel <> 'zalo') THEN 'zns'
      WHEN l.email AND cu.email IS NOT NULL THEN 'email'
      WHEN l.task THEN 'task'
      ELSE 'none'
    END AS rung
  FROM planned p JOIN customers cu ON cu.id = p.customer_id
  LEFT JOIN l ON l.journey = p.journey AND l.step = p.step
  LEFT JOIN LATERAL (
    SELECT c.id, c.channel, CASE WHEN c.unreachable_reason IS NULL THEN c.channel END AS chat, c.last_interaction_at,
      greatest(c.last_interaction_at, c.followed_at) AS seen
    FROM channel_identities c
    WHERE c.customer_id = p.customer_id AND c.channel <> 'email' AND c.external_id NOT LIKE 'phone:%'
    ORDER BY c.unreachable_reason IS NOT NULL, seen DESC NULLS LAST, c.id LIMIT 1) i ON true
)
SELECT day, journey, CASE WHEN rung IN ('zbs', 'zns', 'utility') THEN 'template' ELSE rung END AS way,
  count(*)::int AS messages,
  sum(CASE rung WHEN 'charged' THEN $8::int WHEN 'zbs' THEN zbs WHEN 'zns' THEN zns WHEN 'utility' THEN utility ELSE 0 END)::float8 AS cost
FROM judged GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

type Deps = { scripts: Scripts; rules: SendRules; timeZone: string; isEmailOn: boolean };

export async function readForecast(pool: pg.Pool, deps: Deps, now: Date, days: number): Promise<ForecastRow[]> {
  const { zalo, messenger } = deps.rules.window;
  const hours = (ms: number) => `${ms / HOUR_MS} hours`;
  const { rows } = await pool.query<ForecastRow>(FORECAST, [
    now,
    new Date(now.getTime() + days * DAY_MS),
    deps.timeZone,
    JSON.stringify(laddersOf(deps)),
    hours(zalo.freeMs),
    hours(zalo.chargedMs),
    hours(messenger.standardMs),
    zalo.chargedAmount,
  ]);
  return rows;
}

/** Each step of each journey with the ways that its flow knows past the window; prices of templates that are approved. */
function laddersOf({ scripts, rules, isEmailOn }: Deps) {
  return [...scripts.journeys.values()].flatMap(({ journey }) =>
    journey.steps.map(({ id, action }) => {
      const ladder = action.do === 'flow' ? scripts.active.get(action.flow)?.flow.ladder : undefined;
      const templates = (ladder?.templates ?? []).flatMap((name) => rules.templates.get(name) ?? []);
      const price = (via: string) =>
        templates.find((one) => one.via === via && one.approval === 'approved')?.price ?? null;
      return {
        journey: journey.id,
        step: id,
        purpose: journey.purpose,
        is_task: action.do === 'task',
        zbs: price('zbs'),
        zns: price('zns'),
        utility: price('utility'),
        email: isEmailOn && ladder?.email === true,
        task: ladder?.task === true,
      };
    }),
  );
}
