// The second factor: six digits that an authenticator app shows for thirty seconds. The secret is sealed at rest, and each
// code opens once.
import { Secret, TOTP } from 'otpauth';
import type pg from 'pg';
import { openToken, sealToken } from '../channels/zalo/token-crypto.ts';
import { SECOND_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';

const PERIOD_SECONDS = 30;
const SECRET_BYTES = 20;

export type TotpDeps = { secretKey: Buffer; random: (size: number) => Buffer };
type Owner = { id: string; email: string };

/** Kept sealed; asked for at sign-in only once a code of it was confirmed. Throws totp_is_on. */
export async function beginTotp(
  deps: TotpDeps,
  client: pg.ClientBase,
  { id, email }: Owner,
  issuer: string,
): Promise<{ secret: string; uri: string }> {
  const secret = new Secret({ buffer: new Uint8Array(deps.random(SECRET_BYTES)).buffer });
  const { rowCount } = await client.query(
    'UPDATE staff_members SET totp_secret = $2, totp_last_step = NULL WHERE id = $1 AND totp_since IS NULL',
    [id, sealToken(deps, placeOf(id), secret.base32)],
  );
  if (rowCount === 0) throw new HttpError(409, 'totp_is_on', 'The second factor is on; turn it off first.');
  return { secret: secret.base32, uri: new TOTP({ issuer, label: email, secret, period: PERIOD_SECONDS }).toString() };
}

/** Turns it on. Throws totp_not_begun, wrong_code. */
export async function confirmTotp(
  deps: TotpDeps,
  client: pg.ClientBase,
  { id, code, now }: { id: string; code: string; now: Date },
): Promise<void> {
  const { rows } = await client.query<{ sealed: Buffer | null }>(
    'SELECT totp_secret AS sealed FROM staff_members WHERE id = $1 AND totp_since IS NULL FOR UPDATE',
    [id],
  );
  const sealed = rows[0]?.sealed ?? null;
  if (sealed === null) throw new HttpError(409, 'totp_not_begun', 'Start the second factor first.');
  if (!(await spendCode(deps, client, { id, sealed, code, now }))) {
    throw new HttpError(400, 'wrong_code', 'This is not the code of this moment.');
  }
  await client.query('UPDATE staff_members SET totp_since = $2 WHERE id = $1', [id, now]);
}

export async function removeTotp(client: pg.ClientBase, id: string): Promise<void> {
  await client.query(
    'UPDATE staff_members SET totp_secret = NULL, totp_since = NULL, totp_last_step = NULL WHERE id = $1',
    [id],
  );
}

/** Only the code of this very moment, and only the first time it is shown, over all processes. */
export async function spendCode(
  { secretKey }: Pick<TotpDeps, 'secretKey'>,
  client: Pick<pg.ClientBase, 'query'>,
  { id, sealed, code, now }: { id: string; sealed: Uint8Array; code: string; now: Date },
): Promise<boolean> {
  const secret = openToken({ secretKey }, placeOf(id), sealed);
  if (secret === null) return false;
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period: PERIOD_SECONDS });
  if (totp.validate({ token: code, timestamp: now.getTime(), window: 0 }) === null) return false;
  const step = Math.floor(now.getTime() / (PERIOD_SECONDS * SECOND_MS));
  const { rowCount } = await client.query(
    'UPDATE staff_members SET totp_last_step = $2 WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2)',
    [id, step],
  );
  return rowCount === 1;
}

function placeOf(id: string): string {
  return `staff:${id}:totp`;
}
