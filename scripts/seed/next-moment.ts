// When the program has something to do next: the clock of a told story stops there.
import type { Database } from '../../src/database.ts';

const NEXT_MOMENT = `
SELECT min(at) AS at FROM (
  SELECT due_at AS at FROM timers UNION ALL
  SELECT due_at FROM enrolment_steps WHERE status = 'planned' UNION ALL
  SELECT deadline_at FROM offer_issues WHERE state IN ('eligible', 'sent', 'later') UNION ALL
  SELECT expires_at FROM subscriptions WHERE status IN ('active', 'trial') UNION ALL
  SELECT snoozed_until FROM conversations UNION ALL
  SELECT available_at FROM inbound_queue WHERE parked_at IS NULL UNION ALL
  SELECT available_at FROM outbound_messages WHERE status IN ('queued', 'uncertain') UNION ALL
  SELECT next_attempt_at FROM media WHERE status = 'wanted') AS due
WHERE at > $1`;

/** null = nothing is waiting for a moment. */
export async function nextMoment({ pool }: Database, now: Date): Promise<Date | null> {
  const { rows } = await pool.query<{ at: Date | null }>(NEXT_MOMENT, [now]);
  return rows[0]?.at ?? null;
}
