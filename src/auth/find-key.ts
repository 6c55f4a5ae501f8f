// Which key a caller holds: the one of the environment, or one that was made here, of which only a hash is kept.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock, MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { type Scope, scopes } from '../http/api-access.ts';

export type FoundKey = { name: string; scopes: readonly Scope[] };
export type FindKeyDeps = { db: Pick<Database, 'pool' | 'durably'>; clock: Clock; apiKey: string | null };

/** The name under which API_KEY appears in the audit. */
export const ENVIRONMENT_KEY = 'environment';

/** A key has 256 random bits, so that its hash needs no salt and can be looked up; guessing learns nothing from time. */
export async function findKey({ db, clock, apiKey }: FindKeyDeps, given: string): Promise<FoundKey | null> {
  const hash = digestOfKey(given);
  if (apiKey !== null && timingSafeEqual(hash, digestOfKey(apiKey))) return { name: ENVIRONMENT_KEY, scopes };
  const { rows } = await db.pool.query<{ id: string; name: string; scopes: string[]; last_used_at: Date | null }>(
    'SELECT id, name, scopes, last_used_at FROM api_keys WHERE hash = $1 AND revoked_at IS NULL',
    [hash],
  );
  const [key] = rows;
  if (!key) return null;
  await noteUse(db, key, clock.now());
  return { name: key.name, scopes: scopes.filter((scope) => key.scopes.includes(scope)) };
}

export function digestOfKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Once a minute is enough to see which keys are dead. */
async function noteUse(
  db: FindKeyDeps['db'],
  key: { id: string; last_used_at: Date | null },
  now: Date,
): Promise<void> {
  const before = new Date(now.getTime() - MINUTE_MS);
  if (key.last_used_at !== null && key.last_used_at > before) return;
  await db.durably('note-key-use', () =>
    db.pool.query(
      'UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)',
      [key.id, now, before],
    ),
  );
}
