// The rows of `media`: wanted, stored, failed.
import type { Database } from '../../database.ts';

type Db = Pick<Database, 'pool' | 'durably' | 'queueTransaction'>;

export type DueMedia = { id: string; url: string; attempts: number; createdAt: Date };

/** Takes due rows for this process until `leaseUntil`; `attempts` already counts this try. */
export async function claimDueMedia(
  db: Db,
  claim: { now: Date; leaseUntil: Date; limit: number },
): Promise<DueMedia[]> {
  const { rows } = await db.queueTransaction('claim-media', (client) =>
    client.query<DueMedia>(
      `UPDATE media SET attempts = attempts + 1, next_attempt_at = $2
     WHERE id IN (
       SELECT id FROM media WHERE status = 'wanted' AND next_attempt_at <= $1
       ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, url, attempts, created_at AS "createdAt"`,
      [claim.now, claim.leaseUntil, claim.limit],
    ),
  );
  return rows;
}

export type StoredMedia = { path: string; contentType: string; byteSize: number };

export async function markMediaStored(
  db: Db,
  id: string,
  { path, contentType, byteSize }: StoredMedia,
  now: Date,
): Promise<void> {
  await db.durably('keep-media', () =>
    db.pool.query(
      `UPDATE media SET status = 'stored', path = $2, content_type = $3, byte_size = $4, stored_at = $5, reason = NULL
     WHERE id = $1 AND status = 'wanted'`,
      [id, path, contentType, byteSize, now],
    ),
  );
}

/** `retryAt` null gives it up. */
export async function markMediaFailed(db: Db, id: string, reason: string, retryAt: Date | null): Promise<void> {
  await db.durably('give-up-media', () =>
    db.pool.query(
      `UPDATE media SET status = CASE WHEN $3::timestamptz IS NULL THEN 'failed' ELSE 'wanted' END,
       next_attempt_at = COALESCE($3, next_attempt_at), reason = $2
     WHERE id = $1 AND status = 'wanted'`,
      [id, reason, retryAt],
    ),
  );
}
