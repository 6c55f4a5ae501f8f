// Keys of integrators: made, listed, revoked. Of the key itself only a hash is kept.
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';
import type { Scope } from '../http/api-access.ts';
import type { NewId } from '../ids.ts';
import { digestOfKey, ENVIRONMENT_KEY } from './find-key.ts';
import type { KeyAnswer, KeyFields } from './key-schema.ts';

const PREFIX_LENGTH = 9;
const COLUMNS =
  'id, name, prefix, scopes, created_by AS "createdBy", created_at AS "createdAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"';

type Row = Omit<KeyAnswer, 'createdAt' | 'lastUsedAt' | 'revokedAt'> & {
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

/** 256 random bits. */
export function newKey(random: (size: number) => Buffer = randomBytes): string {
  return `gb_${random(32).toString('base64url')}`;
}

/** Throws key_name_taken, scope_not_held: nobody gives what they do not have. */
export async function storeKey(
  { clock, newId }: { clock: Clock; newId: NewId },
  client: pg.ClientBase,
  { name, scopes }: KeyFields,
  { key, by, held }: { key: string; by: string; held: readonly Scope[] },
): Promise<KeyAnswer> {
  const missing = scopes.filter((scope) => !held.includes(scope));
  if (missing.length > 0) {
    const message = `Your own key lacks ${missing.join(', ')}; a key can only give what it has.`;
    throw new HttpError(403, 'scope_not_held', message, { missing });
  }
  await lockName(client, `key:${name}`);
  const taken = await client.query('SELECT 1 FROM api_keys WHERE name = $1', [name]);
  if (name === ENVIRONMENT_KEY || taken.rows.length > 0) {
    throw new HttpError(409, 'key_name_taken', `There is or was a key "${name}"; the audit needs names of their own.`);
  }
  const { rows } = await client.query<Row>(
    `INSERT INTO api_keys (id, name, prefix, hash, scopes, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     RETURNING ${COLUMNS}`,
    [newId(), name, key.slice(0, PREFIX_LENGTH), digestOfKey(key), scopes, by, clock.now()],
  );
  return onlyRow(rows);
}

export async function listKeys(pool: pg.Pool): Promise<KeyAnswer[]> {
  const { rows } = await pool.query<Row>(`SELECT ${COLUMNS} FROM api_keys ORDER BY created_at DESC, id DESC`);
  return rows.map(answerOf);
}

/** For ever; a second time changes nothing. */
export async function revokeKey({ clock }: { clock: Clock }, client: pg.ClientBase, id: string): Promise<KeyAnswer> {
  const { rows } = await client.query<Row>(
    `UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING ${COLUMNS}`,
    [id, clock.now()],
  );
  if (rows.length === 0) throw new HttpError(404, 'unknown_key', `There is no key with the id ${id}.`);
  return onlyRow(rows);
}

function onlyRow([row]: Row[]): KeyAnswer {
  if (!row) throw new Error('The database did not give back the key.');
  return answerOf(row);
}

function answerOf(row: Row): KeyAnswer {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
