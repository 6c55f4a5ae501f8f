// What everything about staff needs.
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { NewId } from '../ids.ts';
import type { Passwords } from './hash-password.ts';
import type { MailLink } from './mail-link.ts';
import type { SessionWatch } from './session-watch.ts';

export type StaffSettings = {
  /** Seals second factors, signs marks of devices. */
  secretKey: Buffer;
  /** Where browsers find the program: decides about cookies, links, and which pages may call. */
  publicUrl: string;
  business: { name: string };
  random: (size: number) => Buffer;
  passwords: Passwords;
  watch: SessionWatch;
  /** null = there is no mail server; admins hand links over themselves. */
  mailLink: MailLink | null;
};

export type AuthDeps = StaffSettings & { db: Database; clock: Clock; newId: NewId };
