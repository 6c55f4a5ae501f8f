// When the published flows change, their date rules are applied to every subscription that still runs.
import type { Database } from '../database.ts';
import { dateEntries, type PlanDeps, planEnrolments } from './plan-enrolments.ts';

const BATCH = 500;

export async function planAll(db: Database, deps: PlanDeps): Promise<void> {
  if (dateEntries(deps.scripts).length === 0) return;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await db.pool.query<{ id: string }>(
      `SELECT id FROM subscriptions WHERE id > $1 AND status IN ('active', 'trial') ORDER BY id LIMIT $2`,
      [after, BATCH],
    );
    const last = rows.at(-1);
    if (!last) return;
    const ids = rows.map((row) => row.id);
    await db.transaction((client) => planEnrolments(client, deps, ids));
    after = last.id;
  }
}
