// Time ends a subscription that nobody renewed: its status stays the integrator's word, the ledger is told once.
import type pg from 'pg';
import { type Clock, MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { expiryId } from './record-changes.ts';

type Row = {
  id: string;
  external_id: string;
  customer_id: string;
  product: string;
  plan: string | null;
  value: string | null;
  status: string;
  started_at: Date | null;
  expires_at: Date;
};

// Whoever is being merged or saved is left for the next round.
const OVER = `
SELECT s.id, s.external_id, s.customer_id, s.product, s.plan, s.value, s.status, s.started_at, s.expires_at
FROM subscriptions s JOIN customers c ON c.id = s.customer_id
WHERE s.status IN ('active', 'trial') AND s.expires_at <= $1 AND s.expires_at >= coalesce($3::timestamptz, '-infinity') AND NOT EXISTS (
  SELECT 1 FROM subscription_changes k WHERE k.subscription_id = s.id AND k.kind = 'expired'
    AND (k.after ->> 'expiresAt')::timestamptz = s.expires_at)
ORDER BY s.expires_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED FOR KEY SHARE OF c SKIP LOCKED`;

const STORE = `
INSERT INTO subscription_changes (id, subscription_id, customer_id, kind, before, after, at)
SELECT id, subscription_id, customer_id, 'expired', state, state, at
FROM json_to_recordset($1::json) AS t(id uuid, subscription_id uuid, customer_id uuid, state jsonb, at timestamptz)
ON CONFLICT (id) DO NOTHING`;

/** The work of a round: rung as often as anybody likes it looks once a minute, and goes on while there is more. */
export function createExpiry({ db, clock }: { db: Database; clock: Clock }): () => Promise<boolean> {
  let lookAgainAt = 0;
  let from: Date | null = null;
  return async () => {
    const now = clock.now();
    if (now.getTime() < lookAgainAt) return false;
    const { count, upTo } = await expireSubscriptions(db, { now, limit: BATCH, from });
    const isFull = count === BATCH;
    from = isFull ? upTo : null;
    lookAgainAt = isFull ? 0 : now.getTime() + MINUTE_MS;
    return isFull;
  };
}

const BATCH = 500;

/**
 * Up to `limit` of them; answers how many, and when the last of them ended. They ended when they said, which may be before
 * anybody looked. `from`: those that ended earlier have been gone through; null = none were.
 */
export async function expireSubscriptions(
  db: Database,
  { now, limit = BATCH, from = null }: { now: Date; limit?: number; from?: Date | null },
): Promise<{ count: number; upTo: Date | null }> {
  return await db.queueTransaction('expire-subscriptions', async (client) => {
    const { rows } = await client.query<Row>(OVER, [now, limit, from]);
    if (rows.length > 0) await record(client, rows);
    return { count: rows.length, upTo: rows.at(-1)?.expires_at ?? null };
  });
}

async function record(client: pg.ClientBase, rows: Row[]): Promise<void> {
  const changes = rows.map((row) => ({
    id: expiryId({ id: row.id, expiresAt: row.expires_at }),
    subscription_id: row.id,
    customer_id: row.customer_id,
    state: {
      product: row.product,
      plan: row.plan,
      value: row.value === null ? null : Number(row.value),
      status: row.status,
      startedAt: row.started_at,
      expiresAt: row.expires_at,
    },
    at: row.expires_at,
  }));
  await client.query(STORE, [JSON.stringify(changes)]);
  await writeTouchpoints(
    client,
    rows.map((row) => ({
      at: row.expires_at,
      kind: 'subscription_ended',
      customerId: row.customer_id,
      reason: 'Gói hết hạn.',
      data: {
        subscription: row.external_id,
        product: row.product,
        plan: row.plan,
        from: row.status,
        to: 'expired',
        startedAt: row.started_at,
        expiresAt: row.expires_at,
      },
    })),
  );
}
