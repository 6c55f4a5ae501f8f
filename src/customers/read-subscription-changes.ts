// The history of one subscription as REST answers it, newest first.
import type pg from 'pg';
import { z } from 'zod';
import { momentAnswer } from '../http/request-fields.ts';

const stateAnswer = z.object({
  product: z.string(),
  plan: z.string().nullable(),
  value: z.number().nullable(),
  status: z.string(),
  startedAt: momentAnswer.nullable(),
  expiresAt: momentAnswer.nullable(),
});

export const subscriptionChanges = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      kind: z.string().meta({
        description:
          'activated, renewed, upgraded, downgraded, date_moved, paused, resumed, cancelled, refunded, expired.',
      }),
      at: momentAnswer,
      before: stateAnswer.nullable(),
      after: stateAnswer,
    }),
  ),
});
export type SubscriptionChanges = z.infer<typeof subscriptionChanges>;

const MOST = 500;

/** null when there is no subscription with this external id. */
export async function readSubscriptionChanges(pool: pg.Pool, externalId: string): Promise<SubscriptionChanges | null> {
  const found = await pool.query<{ id: string }>('SELECT id FROM subscriptions WHERE external_id = $1', [externalId]);
  const [subscription] = found.rows;
  if (!subscription) return null;
  const { rows } = await pool.query<{ at: Date }>(
    'SELECT id, kind, at, before, after FROM subscription_changes WHERE subscription_id = $1 ORDER BY at DESC, id DESC LIMIT $2',
    [subscription.id, MOST],
  );
  return subscriptionChanges.parse({ items: rows.map((row) => ({ ...row, at: row.at.toISOString() })) });
}
