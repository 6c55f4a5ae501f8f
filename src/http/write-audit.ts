// The one writer of the audit: a row per change by staff or key, in the transaction of the change. Names of fields only,
// never what stood in them.
import type pg from 'pg';

export type AuditEntry = {
  at: Date;
  actor: string;
  /** Method and route, such as "PUT /customers/:externalId". */
  action: string;
  objectKind: string | null;
  objectId: string | null;
  /** The customer's id of the caller's own system, when the request names one. */
  customer: string | null;
  data: Record<string, unknown>;
};

// The customer is found by name, or by the object itself; ids are compared as texts, because not every object has a UUID.
const WRITE = `
INSERT INTO audit_entries (at, actor, action, object_kind, object_id, data, customer_id)
VALUES ($1, $2, $3, $4::text, $5::text, $6, coalesce(
  (SELECT id FROM customers WHERE external_id = $7),
  CASE WHEN $4 = 'customers' THEN (SELECT id FROM customers WHERE id = $8::uuid) END,
  CASE WHEN $4 = 'subscriptions' THEN (SELECT customer_id FROM subscriptions WHERE external_id = $5) END,
  CASE WHEN $4 = 'orders' THEN (SELECT customer_id FROM orders WHERE external_id = $5) END,
  CASE WHEN $4 IN ('conversations', 'inbox') THEN (SELECT customer_id FROM conversations WHERE id = $8::uuid) END,
  CASE WHEN $4 = 'cases' THEN (SELECT customer_id FROM cases WHERE id = $8::uuid) END,
  CASE WHEN $4 = 'tasks' THEN (SELECT customer_id FROM tasks WHERE id = $8::uuid) END,
  CASE WHEN $4 = 'merges' THEN (SELECT staying_id FROM customer_merges WHERE id = $8::uuid) END))`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function writeAudit(client: pg.ClientBase, entry: AuditEntry): Promise<void> {
  const { at, actor, action, objectKind, objectId, customer, data } = entry;
  const uuid = objectId !== null && UUID.test(objectId) ? objectId : null;
  await client.query({
    name: 'write-audit',
    text: WRITE,
    values: [at, actor, action, objectKind, objectId, JSON.stringify(data), customer, uuid],
  });
}
