// How much was said today and this month, by channel, purpose and what it cost. One statement over the ledger's end.
import type pg from 'pg';
import { localParts, momentOf } from '../flows/local-time.ts';
import type { SendingQuota } from './sending-schema.ts';
import { startOfMonth } from './spending.ts';

type Group = SendingQuota['sent'][number];

// Ids grow with time: the month's first line is found by halving, so that years of ledger are not read for one month.
// Lines are written a little out of order, which the margin covers.
const SENT = `
WITH RECURSIVE halving(low, high) AS (
  SELECT coalesce(min(id), 0), coalesce(max(id), 0) + 1 FROM touchpoints
  UNION ALL
  SELECT CASE WHEN t.at < $1 AND t.id < high THEN t.id + 1 ELSE low END,
    CASE WHEN t.at < $1 AND t.id < high THEN high ELSE (low + high) / 2 END
  FROM halving, LATERAL (SELECT id, at FROM touchpoints WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1) t
  WHERE low < high
), start AS (SELECT max(low) - 100000 AS id FROM halving)
SELECT coalesce(channel, '') AS channel, data ->> 'purpose' AS purpose, data ->> 'cost' AS kind,
  count(*) FILTER (WHERE at >= $2)::int AS today, count(*)::int AS month,
  coalesce(sum(cost_amount) FILTER (WHERE at >= $2), 0)::float8 AS "costToday", coalesce(sum(cost_amount), 0)::float8 AS "costMonth"
FROM touchpoints WHERE id >= (SELECT id FROM start) AND kind = 'message_out' AND at >= $1
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

export async function readSent(pool: pg.Pool, now: Date, timeZone: string): Promise<Group[]> {
  const { year, month, day } = localParts(now.getTime(), timeZone);
  const today = new Date(momentOf({ year, month, day, hour: 0, minute: 0 }, timeZone));
  const since = startOfMonth(now, timeZone);
  const { rows } = await pool.query<Group>(SENT, [since, today]);
  return rows;
}
