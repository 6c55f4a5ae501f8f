// Records as they stand in the database, read for a whole batch at once: before and after it, so that a row knows what it
// changed and an undo knows what to put back.
import type pg from 'pg';
import type { ImportKind } from './import-kinds.ts';

/** The fields that an import can set, by name. */
export type Values = Record<string, unknown>;
export type StoredState = { id: string; values: Values };

const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const identity = (channel: string) =>
  `(SELECT i.external_id FROM channel_identities i WHERE i.customer_id = c.id AND i.channel = '${channel}'
    ORDER BY i.last_interaction_at DESC NULLS LAST, i.created_at DESC, i.id LIMIT 1)`;

const READ: Record<ImportKind, string> = {
  customers: `
    SELECT c.external_id AS key, c.id::text, jsonb_build_object('name', c.name, 'formOfAddress', c.form_of_address,
      'phone', c.phone, 'email', c.email, 'industry', c.industry, 'role', c.role, 'tags', coalesce(c.tags, '{}'),
      'language', c.language, 'zalo', ${identity('zalo')}, 'messenger', ${identity('messenger')},
      'consent', (SELECT k.granted FROM consents k WHERE k.customer_id = c.id AND k.purpose = 'advertising'
        AND k.channel = '*' ORDER BY k.at DESC, k.id DESC LIMIT 1)) AS values
    FROM customers c WHERE c.external_id = ANY($1)`,
  subscriptions: `
    SELECT s.external_id AS key, s.id::text, jsonb_build_object('customer', c.external_id, 'product', s.product,
      'plan', s.plan, 'value', s.value, 'status', s.status, 'startedAt', ${iso('s.started_at')},
      'expiresAt', ${iso('s.expires_at')}, 'owner', s.owner) AS values
    FROM subscriptions s JOIN customers c ON c.id = s.customer_id WHERE s.external_id = ANY($1)`,
  usage: `
    SELECT u.idempotency_key AS key, u.idempotency_key AS id, jsonb_build_object('customer', c.external_id,
      'metric', u.metric, 'value', u.value, 'at', ${iso('u.at')}) AS values
    FROM usage_events u JOIN customers c ON c.id = u.customer_id WHERE u.idempotency_key = ANY($1)`,
  orders: `
    SELECT o.external_id AS key, o.id::text, jsonb_build_object('customer', c.external_id, 'kind', o.kind,
      'amount', o.amount, 'at', ${iso('o.at')}, 'offerCode', o.offer_code,
      'subscription', (SELECT s.external_id FROM subscriptions s WHERE s.id = o.subscription_id), 'refundOf', o.refund_of) AS values
    FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.external_id = ANY($1)`,
};

/** By key; those that do not exist are not in it. */
export async function readStates(
  client: pg.ClientBase,
  kind: ImportKind,
  keys: readonly string[],
): Promise<Map<string, StoredState>> {
  const { rows } = await client.query<{ key: string } & StoredState>({
    name: `import-states-${kind}`,
    text: READ[kind],
    values: [keys],
  });
  return new Map(rows.map(({ key, id, values }) => [key, { id, values }]));
}

/** Names of the fields that differ. */
export function differences(before: Values, after: Values): string[] {
  return Object.keys(after).filter((name) => !isSame(before[name], after[name]));
}

/** JSON values; lists by their items in order. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
