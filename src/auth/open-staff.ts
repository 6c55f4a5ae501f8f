// What everything about staff needs, out of the settings of the program.
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database.ts';
import type { StaffSettings } from './auth-deps.ts';
import { createPasswords, type PasswordCost } from './hash-password.ts';
import { createLinkMailer } from './mail-link.ts';
import { createSessionWatch } from './session-watch.ts';

export type OpenStaffDeps = {
  config: Pick<Config, 'publicUrl' | 'business' | 'email'>;
  db: Database;
  clock: Clock;
  log: Logger;
  secretKey: Buffer;
  passwordCost?: PasswordCost;
};

/** Its watch is to be rung each second and stopped at the end. */
export function openStaff({ config, db, clock, log, secretKey, passwordCost }: OpenStaffDeps): StaffSettings {
  const { publicUrl, business, email } = config;
  return {
    secretKey,
    publicUrl,
    business,
    random: randomBytes,
    passwords: createPasswords(passwordCost),
    watch: createSessionWatch({ db, clock }, (error) => log.warn({ err: error }, 'sessions could not be looked at')),
    mailLink: email && createLinkMailer({ clock, log, business }, email),
  };
}
