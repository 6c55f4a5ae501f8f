// What is wrong with the settings, each mistake with what to do about it.
import type { z } from 'zod';

export type ConfigMistake = { name: string; message: string; fix: string };

/** What was set, without what counts as unset. */
export type Given = Partial<Record<string, string>>;

/** One without the other means nothing. */
const pairs = [
  ['SMTP_URL', 'MAIL_FROM'],
  ['ADMIN_EMAIL', 'ADMIN_PASSWORD'],
];

const KEY_CURE =
  'Set SECRET_KEY to 32 or more random characters, the same in every process (for example from `openssl rand -base64 32`).';

/** Of one value that is not what its setting takes. */
export function mistakeOf(issue: z.core.$ZodIssue, given: Given): ConfigMistake {
  const name = String(issue.path[0] ?? '');
  return { name, message: `${name} is wrong: ${issue.message}`, fix: cureOf(name, given) };
}

/** "Remove it" cures only where the program can do without. */
function cureOf(name: string, given: Given): string {
  if (name === 'SECRET_KEY' && given.DATABASE_URL) return KEY_CURE;
  const pair = pairs.find((names) => names.includes(name));
  if (pair) return `Correct ${name} in .env, or remove both ${pair.join(' and ')}.`;
  return `Correct ${name} in .env, or remove it to use the default.`;
}

/** What is missing beside what was set. */
export function findLoose(given: Given): ConfigMistake[] {
  const mistakes: ConfigMistake[] = [];
  if (given.DATABASE_URL && !given.SECRET_KEY) {
    mistakes.push({
      name: 'SECRET_KEY',
      message: 'SECRET_KEY is missing, although DATABASE_URL is set.',
      fix: KEY_CURE,
    });
  }
  if ((given.SMTP_URL === undefined) !== (given.MAIL_FROM === undefined)) {
    const name = given.SMTP_URL ? 'MAIL_FROM' : 'SMTP_URL';
    const fix = 'Set both SMTP_URL and MAIL_FROM, or neither to leave e-mail off.';
    mistakes.push({ name, message: `${name} is missing.`, fix });
  }
  if ((given.ADMIN_EMAIL === undefined) !== (given.ADMIN_PASSWORD === undefined)) {
    const name = given.ADMIN_EMAIL ? 'ADMIN_PASSWORD' : 'ADMIN_EMAIL';
    mistakes.push({
      name,
      message: `${name} is missing.`,
      fix: 'Set both ADMIN_EMAIL and ADMIN_PASSWORD, or neither.',
    });
  }
  if (given.ZALO_PKCE === 'fixed' && !given.ZALO_CODE_VERIFIER) {
    mistakes.push({
      name: 'ZALO_CODE_VERIFIER',
      message: 'ZALO_CODE_VERIFIER is missing, although ZALO_PKCE is "fixed".',
      fix: 'Set the 43-character verifier whose challenge is stored in the console, or use ZALO_PKCE=per_request.',
    });
  }
  return mistakes;
}
