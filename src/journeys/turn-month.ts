// The month turns and nothing happens: sums of "this month" and "last month" change all the same, so whoever a journey asks
// about them is looked at anew, by the same bounded sweep as after new journey files. Everything else that changes by time
// alone is refused in segments (`clock_in_segment`) or happens by a line of the ledger (a subscription's end).
import type { Clock } from '../clock.ts';
import { MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Journey } from '../flows/journeys/journey.ts';
import { localParts } from '../flows/local-time.ts';
import { beginSweep, EVERYBODY } from './sweep-customers.ts';

/** The last month that was seen to begin lies beside the sweeps, under the same id that no customer has. */
export const MONTH = 'month_seen';

const TAKE = `SELECT pg_advisory_xact_lock(hashtextextended('month_seen', 0))`;
const SEEN = `SELECT id, data ->> 'month' AS month FROM journey_signals WHERE customer_id = $1 AND kind = '${MONTH}'`;
const KEEP = `
WITH old AS (DELETE FROM journey_signals WHERE customer_id = $1 AND kind = '${MONTH}')
INSERT INTO journey_signals (customer_id, kind, at, data) VALUES ($1, '${MONTH}', $2, jsonb_build_object('month', $3::text))`;

export type MonthDeps = { db: Database; clock: Clock; timeZone: string; journeys: () => Iterable<Journey> };

/** Looks at most once a minute; begins one sweep a month, however many processes look, also after an outage. */
export function createMonthWatch(deps: MonthDeps): () => Promise<void> {
  let nextLookMs = 0;
  let seen: string | null = null;
  return async () => {
    const now = deps.clock.now();
    if (now.getTime() < nextLookMs) return;
    nextLookMs = now.getTime() + MINUTE_MS;
    const month = monthOf(now, deps.timeZone);
    if (month !== seen) await turnMonth(deps, now, month);
    seen = month;
  };
}

/** The first month of a database only is noted: nobody was looked at before it. */
async function turnMonth({ db, journeys }: MonthDeps, now: Date, month: string): Promise<void> {
  await db.transaction('turn-month', async (client) => {
    await client.query(TAKE);
    const { rows } = await client.query<{ month: string }>(SEEN, [EVERYBODY]);
    if (rows[0]?.month === month) return;
    await client.query(KEEP, [EVERYBODY, now, month]);
    if (rows[0] !== undefined && [...journeys()].some(readsMonth)) await beginSweep(client, now);
  });
}

function readsMonth({ trigger, audience }: Journey): boolean {
  const texts = [trigger.on === 'segment' ? trigger.when.text : '', audience?.text ?? ''];
  return texts.some((text) => /\.(month|last_month)\b/.test(text));
}

function monthOf(now: Date, timeZone: string): string {
  const { year, month } = localParts(now.getTime(), timeZone);
  return `${year}-${String(month).padStart(2, '0')}`;
}
