// The first member of staff: as ADMIN_EMAIL and ADMIN_PASSWORD say, or made and printed once. Never again.
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { lockName } from '../http/answer-once.ts';
import type { NewId } from '../ids.ts';
import type { Passwords } from './hash-password.ts';

export type FirstAdmin = { email: string; password: string };
export type FirstAdminDeps = {
  db: Database;
  clock: Clock;
  newId: NewId;
  passwords: Passwords;
  random: (size: number) => Buffer;
};

const MADE_EMAIL = 'admin@ganbo.local';
/** Without signs that look alike on paper. */
const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 5;
const GROUP_LENGTH = 4;

/** Answers what was made up and must now be shown; null when there was somebody already, or the settings named one. */
export async function makeFirstAdmin(
  deps: FirstAdminDeps,
  given: { email: string; password: string } | null,
): Promise<FirstAdmin | null> {
  const { rows } = await deps.db.pool.query('SELECT 1 FROM staff_members LIMIT 1');
  if (rows.length > 0) return null;
  const admin = given ?? { email: MADE_EMAIL, password: makePassword(deps.random) };
  const hash = await deps.passwords.hash(admin.password);
  const isMade = await deps.db.transaction('make-first-admin', async (client) => {
    // Of several processes that start together one makes it, and one prints it.
    await lockName(client, 'staff');
    const { rowCount } = await client.query(
      `INSERT INTO staff_members (id, email, name, role, password_hash, skills, created_at)
       SELECT $1, $2, $3, 'admin', $4, '{}', $5 WHERE NOT EXISTS (SELECT 1 FROM staff_members)`,
      [deps.newId(), admin.email.toLowerCase(), 'Quản trị viên', hash, deps.clock.now()],
    );
    return rowCount === 1;
  });
  return isMade && given === null ? admin : null;
}

/** About 99 bits, in groups that can be typed. */
function makePassword(random: (size: number) => Buffer): string {
  const signs: string[] = [];
  while (signs.length < GROUPS * GROUP_LENGTH) {
    // What does not divide evenly is thrown away: every sign is as likely as the next.
    for (const byte of random(64)) if (byte < 256 - (256 % SIGNS.length)) signs.push(SIGNS.charAt(byte % SIGNS.length));
  }
  return Array.from({ length: GROUPS }, (_, n) => signs.slice(n * GROUP_LENGTH, (n + 1) * GROUP_LENGTH).join('')).join(
    '-',
  );
}
