// One subscription as it is stored, and as REST answers it.
import type pg from 'pg';
import type { SubscriptionAnswer } from './subscription-schema.ts';

export type StoredSubscription = {
  id: string;
  externalId: string;
  customerId: string;
  customer: string | null;
  product: string;
  plan: string | null;
  /** PostgreSQL's bigint comes as text. */
  value: string | null;
  status: string;
  startedAt: Date | null;
  expiresAt: Date | null;
  owner: string | null;
  createdAt: Date;
  updatedAt: Date;
};

const READ = `
SELECT s.id, s.external_id AS "externalId", s.customer_id AS "customerId", c.external_id AS customer, s.product, s.plan, s.value,
  s.status, s.started_at AS "startedAt", s.expires_at AS "expiresAt", s.owner, s.created_at AS "createdAt", s.updated_at AS "updatedAt"
FROM subscriptions s JOIN customers c ON c.id = s.customer_id WHERE s.external_id = ANY($1) ORDER BY s.id`;

/** null when there is none; with `lock`, nobody else changes it until the transaction ends. */
export async function findSubscription(
  client: pg.ClientBase | pg.Pool,
  externalId: string,
  options: { lock?: boolean } = {},
): Promise<StoredSubscription | null> {
  const [found] = await findSubscriptions(client, [externalId], options);
  return found ?? null;
}

/** Those that there are, locked in one order by everybody. */
export async function findSubscriptions(
  client: pg.ClientBase | pg.Pool,
  externalIds: readonly string[],
  { lock = false }: { lock?: boolean } = {},
): Promise<StoredSubscription[]> {
  const { rows } = await client.query<StoredSubscription>(lock ? `${READ} FOR UPDATE OF s` : READ, [externalIds]);
  return rows;
}

export function answerOfSubscription(stored: StoredSubscription): SubscriptionAnswer {
  const { customerId: _, ...rest } = stored;
  return {
    ...rest,
    value: stored.value === null ? null : Number(stored.value),
    startedAt: stored.startedAt?.toISOString() ?? null,
    expiresAt: stored.expiresAt?.toISOString() ?? null,
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}
