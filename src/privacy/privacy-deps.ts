// Everything that privacy needs, from the program's settings; wrong names in them stop the start.
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { StartError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import type { Config } from '../settings.ts';
import type { ManyPeople } from './count-people.ts';
import { deadlinesWith, type WorkingCalendar } from './deadlines.ts';
import type { EraseDeps } from './erase-customer.ts';
import type { IncidentRouteDeps } from './incident-routes.ts';
import type { PrivacyRoundDeps } from './privacy-round.ts';
import type { RequestDeps } from './requests.ts';
import { retentionWith } from './retention.ts';
import type { RetentionDays } from './table-rule.ts';

type Given = {
  config: Pick<Config, 'privacy' | 'timeZone' | 'dataDir' | 'business'>;
  db: Database;
  clock: Clock;
  log: Logger;
  newId: NewId;
  secretKey: Buffer;
  holidays: () => WorkingCalendar['holidays'];
};
export type PrivacyRouteDeps = EraseDeps &
  RequestDeps &
  IncidentRouteDeps & {
    db: Database;
    timeZone: string;
    mediaDir: string;
    retention: RetentionDays;
    peopleWarnings?: ManyPeople;
  };

export type PrivacyDeps = PrivacyRoundDeps & PrivacyRouteDeps;

export function privacyDeps({ config, db, clock, log, newId, secretKey, holidays }: Given): PrivacyDeps {
  const { privacy, timeZone, dataDir, business } = config;
  return {
    db,
    clock,
    log,
    newId,
    secretKey,
    timeZone,
    business,
    dataDir,
    mediaDir: join(dataDir, 'media'),
    calendar: () => ({ timeZone, holidays: holidays() }),
    deadlines: readNames('PRIVACY_DEADLINE_DAYS', () => deadlinesWith(privacy.deadlineDays)),
    retention: readNames('RETENTION_DAYS', () => retentionWith(privacy.retentionDays)),
    erasesOnWithdrawal: privacy.erasesOnWithdrawal,
    peopleWarnings: privacy.peopleWarnings,
  };
}

function readNames<T>(setting: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StartError(
      `${setting} is wrong: ${error instanceof Error ? error.message : String(error)}.`,
      `Correct ${setting} in .env; .env.example shows the names.`,
    );
  }
}
