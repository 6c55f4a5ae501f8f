// What rules read of a customer's usage: of each metric the latest value, and the sums of this calendar month and the last.
// The month turns by the clock where the business is, also for whoever reported nothing since.
import type pg from 'pg';

/**
 * A scalar subquery for other statements: an object { appointments, "appointments.month", "appointments.last_month", … },
 * null when there is none. `now` and `timeZone` are SQL expressions such as $2::timestamptz and $3::text.
 */
export function usageObject(customerId: string, { now, timeZone }: { now: string; timeZone: string }): string {
  const month = `date_trunc('month', ${now} AT TIME ZONE ${timeZone})`;
  return `(SELECT json_object_agg(v.name, v.value)
    FROM usage_counters u
    LEFT JOIN usage_months m ON m.customer_id = u.customer_id AND m.metric = u.metric AND m.month = ${month}::date
    LEFT JOIN usage_months l ON l.customer_id = u.customer_id AND l.metric = u.metric AND l.month = (${month} - interval '1 month')::date
    CROSS JOIN LATERAL (VALUES (u.metric, u.value), (u.metric || '.month', coalesce(m.total, 0)),
      (u.metric || '.last_month', coalesce(l.total, 0))) AS v(name, value)
    WHERE u.customer_id = ${customerId})`;
}

const READ = `
SELECT id, ${usageObject('id', { now: '$2::timestamptz', timeZone: '$3::text' })} AS usage FROM unnest($1::uuid[]) AS t(id)`;

/** One statement for many; whoever has no usage has an empty object. */
export async function readUsage(
  client: pg.ClientBase | pg.Pool,
  customerIds: readonly string[],
  now: Date,
  timeZone: string,
): Promise<Map<string, Record<string, number>>> {
  const { rows } = await client.query<{ id: string; usage: Record<string, number> | null }>(READ, [
    customerIds,
    now,
    timeZone,
  ]);
  return new Map(rows.map((row) => [row.id, row.usage ?? {}]));
}
