// A new password ends every session of the person, everywhere: whoever knew the old one is out.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import type { CallingStaff } from '../http/api-access.ts';
import { requireGoodPassword } from './check-password.ts';
import type { Passwords } from './hash-password.ts';
import { type LimitDeps, takeAttempt } from './limit-sign-in.ts';
import { endSessions } from './sessions.ts';

/** Before the transaction: hashing takes its time. Throws weak_password. */
export async function prepareHash(
  { passwords }: { passwords: Passwords },
  password: string,
  owner: { email: string; name: string },
): Promise<string> {
  requireGoodPassword(password, owner);
  return await passwords.hash(password);
}

export async function setPassword(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  staffId: string,
  hash: string,
): Promise<void> {
  await client.query('UPDATE staff_members SET password_hash = $2 WHERE id = $1', [staffId, hash]);
  await endSessions(client, clock.now(), { staffId });
}

/** Asked again before what a stolen session must not do; counted like signing in. Throws wrong_password, too_many_attempts. */
export async function requireOwnPassword(
  deps: LimitDeps & { db: Database; passwords: Passwords },
  staff: CallingStaff,
  password: string,
): Promise<void> {
  const attempt = await takeAttempt(deps, [{ kind: 'device', value: `self ${staff.id}` }]);
  const { rows } = await deps.db.pool.query<{ hash: string | null }>(
    'SELECT password_hash AS hash FROM staff_members WHERE id = $1',
    [staff.id],
  );
  const isRight = await deps.passwords.isRight(rows[0]?.hash ?? null, password);
  if (!isRight) throw new HttpError(400, 'wrong_password', 'The current password is wrong.');
  await attempt.forgive();
}
