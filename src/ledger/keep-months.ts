// The round that keeps the ledger's months: once an hour of the program's clock, in any process, it makes those that come
// and looks whether the planner still knows the ledger as a whole (the server itself only ever looks at single months).
import type { Logger } from 'pino';
import { type Clock, HOUR_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { wasBusy } from './ledger-months.ts';
import { makeMonths } from './make-months.ts';

export type KeepMonthsDeps = { db: Database; clock: Clock; log: Logger };

/** Rung as often as anybody likes. A busy ledger is tried again at the next ring. */
export function createMonthKeeper({ db, clock, log }: KeepMonthsDeps): () => Promise<void> {
  let doneIn = -1;
  return async () => {
    const now = clock.now();
    const hour = Math.floor(now.getTime() / HOUR_MS);
    if (hour === doneIn) return;
    try {
      const made = await makeMonths(db, now);
      if (made.length > 0) log.debug({ months: made }, 'months of the ledger were made');
      await refreshStatistics(db);
      doneIn = hour;
    } catch (error) {
      if (!wasBusy(error)) throw error;
    }
  };
}

// By the server's clock: its statistics are. What doubled is looked at before its day is over.
const IS_KNOWN = `
SELECT current_setting('server_version_num')::int AS version,
  coalesce(pg_stat_get_last_analyze_time(c.oid) > now() - interval '20 hours', false) AND 2 * greatest(c.reltuples, 1000) >= (
    SELECT sum(pg_stat_get_live_tuples(i.inhrelid)) FROM pg_inherits i WHERE i.inhparent = c.oid) AS known
FROM pg_class c WHERE c.oid = 'touchpoints'::regclass`;

/** Columns that questions choose lines by; texts are wide and no plan depends on them. */
const CHOSEN_BY = 'id, at, kind, customer_id, conversation_id, outbound_message_id';

async function refreshStatistics({ pool }: Database): Promise<void> {
  const { rows } = await pool.query<{ version: number; known: boolean }>(IS_KNOWN);
  const [row] = rows;
  if (row === undefined || row.known) return;
  await pool.query(`ANALYZE ${row.version >= 180_000 ? 'ONLY ' : ''}touchpoints (${CHOSEN_BY})`);
}
