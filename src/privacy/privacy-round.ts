// What privacy does by itself, each minute: deadlines are watched, those who came back stay silent, erased files and
// leftovers go; and what is too old, once a day.
import type { Logger } from 'pino';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { dropMonths } from '../ledger/drop-months.ts';
import { wasBusy } from '../ledger/ledger-months.ts';
import { createRound, type Round } from '../round.ts';
import { type ManyPeople, warnOfManyPeople } from './count-people.ts';
import { type EraseDeps, eraseStragglers } from './erase-customer.ts';
import { carryOutWithdrawals } from './erase-on-request.ts';
import { applyErasures } from './keep-erasures.ts';
import { removeErasedMedia, removeOldImportFiles } from './remove-files.ts';
import { type RequestDeps, setDeadlines } from './requests.ts';
import { applyRetention } from './retention.ts';
import { silenceRecent } from './silence-returned.ts';
import type { RetentionDays } from './table-rule.ts';
import { warnOfDeadlines } from './warn-of-deadlines.ts';
import { warnOfIncidents } from './warn-of-incidents.ts';

export type PrivacyRoundDeps = EraseDeps &
  RequestDeps & {
    db: Database;
    log: Logger;
    timeZone: string;
    retention: RetentionDays;
    erasesOnWithdrawal: boolean;
    peopleWarnings?: ManyPeople;
  };

/** How far back a minute looks, so that a missed one costs nothing. */
const LOOK_BACK_MS = 10 * MINUTE_MS;
const STRAGGLERS_MS = HOUR_MS;
const MOST_PORTIONS = 200;

/** Rung by the minute, beside the work of tokens: what is too old may take its time. */
export function createPrivacyRound(deps: PrivacyRoundDeps): Round {
  const run = privacyMinute(deps);
  return createRound(
    async () => {
      await run();
      return false;
    },
    (error) => deps.log.warn({ err: error }, 'a round of privacy failed'),
  );
}

/** Any number of processes may call it: every part is repeatable and takes its rows under locks. */
export function privacyMinute(deps: PrivacyRoundDeps): () => Promise<void> {
  let retainedOn = -1;
  return async () => {
    const { db, clock, log } = deps;
    const now = clock.now();
    const again = await applyErasures(deps);
    if (again > 0) log.warn({ count: again }, 'people erased before are erased again after a restore');
    await db.durably('set-privacy-deadlines', () => setDeadlines(deps, db.pool));
    if (deps.erasesOnWithdrawal) await carryOutWithdrawals(deps);
    await warnOfDeadlines(deps, db);
    await warnOfIncidents(deps, db);
    await silenceRecent(deps, new Date(now.getTime() - LOOK_BACK_MS), now);
    await eraseRecentStragglers(deps, now);
    await removeErasedMedia({ db, dataDir: deps.dataDir }, now);
    const today = Math.floor(now.getTime() / DAY_MS);
    if (today === retainedOn) return;
    await retain(deps, now);
    await warnOfManyPeople(deps, db.pool);
    retainedOn = today;
  };
}

async function retain({ db, log, retention, dataDir }: PrivacyRoundDeps, now: Date): Promise<void> {
  await removeOldImportFiles({ db, dataDir }, new Date(now.getTime() - retention.import_files * DAY_MS));
  await dropOldMonths({ db, log }, new Date(now.getTime() - retention.ledger_lines * DAY_MS));
  let count = 0;
  for (let portion = 0; portion < MOST_PORTIONS; portion += 1) {
    const gone = await db.durably('apply-retention', () => applyRetention(db.pool, retention, now));
    if (gone === 0) break;
    count += gone;
  }
  if (count > 0) log.info({ rows: count }, 'old personal data was removed');
}

async function dropOldMonths({ db, log }: Pick<PrivacyRoundDeps, 'db' | 'log'>, before: Date): Promise<void> {
  try {
    const months = await dropMonths(db, before);
    if (months.length > 0) log.info({ months }, 'months of the ledger were dropped');
  } catch (error) {
    // The ledger is in use: its old months go tomorrow.
    if (!wasBusy(error)) throw error;
  }
}

async function eraseRecentStragglers(deps: PrivacyRoundDeps, now: Date): Promise<void> {
  const { rows } = await deps.db.pool.query<{ customer_id: string }>(
    `SELECT customer_id FROM audit_entries WHERE at >= $1 AND action = 'erase_customer' AND customer_id IS NOT NULL`,
    [new Date(now.getTime() - STRAGGLERS_MS)],
  );
  for (const { customer_id: customerId } of rows) {
    await deps.db.transaction('erase-stragglers', (client) => eraseStragglers(deps, client, customerId));
  }
  // What was pushed to somebody who was just erased: no person is left to be locked and worked.
  await deps.db.durably('clear-queue-of-erased', () =>
    deps.db.pool.query(
      `DELETE FROM inbound_queue q WHERE q.available_at < $1
         AND NOT EXISTS (SELECT 1 FROM channel_identities i WHERE i.id = q.identity_id)`,
      [new Date(now.getTime() - LOOK_BACK_MS)],
    ),
  );
}
