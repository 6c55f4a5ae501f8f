// Who signs in: the same work and the same answer whether nobody has this e-mail, the password is wrong, the person was
// disabled, or never used their invitation.
import { HttpError } from '../errors.ts';
import type { Passwords } from './hash-password.ts';
import { countsOf, type LimitDeps, takeAttempt } from './limit-sign-in.ts';
import type { Device } from './session-cookie.ts';
import type { SignInFields } from './session-schema.ts';
import { spendCode } from './totp.ts';

export type SignInDeps = LimitDeps & { passwords: Passwords };
export type SignInFrom = { address: string; device: Device | null };

type Row = {
  id: string;
  email: string;
  hash: string | null;
  isDisabled: boolean;
  sealed: Buffer | null;
  isTotpOn: boolean;
};

const FIND = `SELECT id, email, password_hash AS hash, disabled_at IS NOT NULL AS "isDisabled", totp_secret AS sealed,
  totp_since IS NOT NULL AS "isTotpOn" FROM staff_members WHERE email = $1`;

/** Throws wrong_credentials, code_needed, wrong_code, too_many_attempts. */
export async function checkSignIn(
  deps: SignInDeps,
  { email, password, code }: SignInFields,
  { address, device }: SignInFrom,
): Promise<{ id: string; email: string }> {
  const { rows } = await deps.db.pool.query<Row>(FIND, [email]);
  const [staff] = rows;
  const isKnownDevice = staff !== undefined && device?.staffId === staff.id;
  const attempt = await takeAttempt(deps, countsOf(email, address, isKnownDevice ? device.nonce : null));
  const usable = staff && !staff.isDisabled ? staff : null;
  const isRight = await deps.passwords.isRight(usable?.hash ?? null, password);
  if (usable === null || !isRight) {
    throw new HttpError(401, 'wrong_credentials', 'The e-mail or the password is wrong.');
  }
  if (usable.isTotpOn) {
    if (code === undefined) {
      // A right password is no guess; the code still has its own tries.
      await attempt.forgive();
      throw new HttpError(401, 'code_needed', 'Send the six digits of the authenticator app as "code".');
    }
    const shown = { id: usable.id, sealed: usable.sealed ?? Buffer.alloc(0), code, now: deps.clock.now() };
    if (!(await deps.db.durably('spend-code', () => spendCode(deps, deps.db.pool, shown)))) {
      throw new HttpError(401, 'wrong_code', 'This is not the code of this moment, or it was used already.');
    }
  }
  await attempt.forgive();
  return { id: usable.id, email: usable.email };
}
