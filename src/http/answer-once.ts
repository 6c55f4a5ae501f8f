// Changing calls: the work and the memory of its answer are one transaction, so that a repeat changes nothing.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { type ChangingRequest, describeChange } from './describe-change.ts';
import { pathOf } from './handle-error.ts';
import { writeAudit } from './write-audit.ts';

/** `headers` schema of changing routes; loose, because Fastify replaces the headers by what the schema gives. */
export const onceHeaders = z.looseObject({
  'idempotency-key': z.string().min(1).max(200).optional().meta({
    description: 'Any unique text. The same key with the same request gets the first answer again and changes nothing.',
  }),
});

type OnceRequest = ChangingRequest & { headers: z.infer<typeof onceHeaders> };
export type OnceDeps = { db: Database; clock: Clock };

const LOCK_TIMEOUT_MS = 5_000;
const MAX_TRIES = 4;

/**
 * Runs `work` in a transaction and gives back its answer, or the stored answer of an earlier call with the same
 * Idempotency-Key. A refused call (anything thrown) leaves no trace and may be sent again with the same key; one that
 * was done leaves one row of the audit, a repeat none.
 * `work` must use only the client that it is given.
 */
export async function answerOnce<T>(
  { db, clock }: OnceDeps,
  request: OnceRequest,
  answerSchema: z.ZodType<T>,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const key = request.headers['idempotency-key'];
  const hash = hashRequest(request);
  return await retryOnConflict(() =>
    db.transaction('answer-once', async (client) => {
      await client.query(`SELECT set_config('lock_timeout', $1, true)`, [`${LOCK_TIMEOUT_MS}ms`]);
      const stored = key === undefined ? null : await takeKey(client, key, hash);
      if (stored !== null) return answerSchema.parse(stored.response);
      const answer = await work(client);
      await writeAudit(client, describeChange(request, answer, clock.now()));
      if (key === undefined) return answer;
      await client.query(
        'INSERT INTO idempotent_requests (key, request_hash, status, response, created_at) VALUES ($1, $2, 200, $3, $4)',
        [key, hash, JSON.stringify(answer), clock.now()],
      );
      return answer;
    }),
  );
}

/** One holder of a name at a time, over all processes, until the transaction ends. */
export async function lockName(client: pg.ClientBase, name: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}

type StoredAnswer = { request_hash: string; response: unknown };

async function takeKey(client: pg.ClientBase, key: string, hash: string): Promise<StoredAnswer | null> {
  await lockName(client, `idempotency:${key}`);
  const { rows } = await client.query<StoredAnswer>(
    'SELECT request_hash, response FROM idempotent_requests WHERE key = $1',
    [key],
  );
  const [stored] = rows;
  if (!stored) return null;
  if (stored.request_hash !== hash) {
    throw new HttpError(
      422,
      'idempotency_key_reused',
      'This Idempotency-Key belongs to another request; every new request needs a new key.',
    );
  }
  return stored;
}

/** With who asks: what one was answered is nobody else's, whatever key they send. */
function hashRequest(request: OnceRequest): string {
  const parts = [request.actor, request.method, pathOf(request.url), JSON.stringify(sortKeys(request.body) ?? null)];
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

/** The order of keys means nothing in JSON. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sortKeys(one)]),
  );
}

/** Deadlocks and duplicate keys of racing writers: the loser simply begins again and sees what the winner wrote. */
async function retryOnConflict<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= MAX_TRIES || !isConflict(error)) throw error;
    }
  }
}

function isConflict(error: unknown): boolean {
  // 23503: whom the row names was merged away or erased meanwhile.
  const codes = ['40P01', '40001', '23505', '23503'];
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
