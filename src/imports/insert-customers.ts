// New customers of an import by one statement: what `saveCustomer` does for one that nobody knows, without identities and
// consents, many at once. Measured: ten times the rows per second.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { type CustomerFields, customerFields } from '../customers/customer-schema.ts';
import type { SaveCustomerDeps } from '../customers/save-customer.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { GoodRow } from './build-row.ts';

/** Without what leads to somebody else or must be proved. */
export function isPlain({ body }: GoodRow): boolean {
  return body.identities === undefined && body.consents === undefined;
}

const INSERT = `
INSERT INTO customers (id, external_id, name, form_of_address, phone, email, industry, role, tags, language, created_at, updated_at)
SELECT id, external_id, name, form_of_address, phone, email, industry, role, coalesce(tags, '{}'), coalesce(language, 'vi'), $2, $2
FROM json_to_recordset($1::json) AS t(id uuid, external_id text, name text, form_of_address text, phone text, email text,
  industry text, role text, tags text[], language text)
ORDER BY external_id
ON CONFLICT (external_id) DO NOTHING RETURNING id, external_id`;

/** Answers the keys that are new now; the others came to be known meanwhile and go the way of every change. */
export async function insertCustomers(
  { clock, newId, onPeopleSaved }: { clock: Clock; newId: NewId } & Pick<SaveCustomerDeps, 'onPeopleSaved'>,
  client: pg.ClientBase,
  rows: readonly GoodRow[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const now = clock.now();
  const fields = new Map(rows.map(({ key, body }) => [key, customerFields.parse(body)]));
  const records = [...fields].map(([key, one]) => recordOf(newId(), key, one));
  const { rows: stored } = await client.query<{ id: string; external_id: string }>({
    name: 'import-new-customers',
    text: INSERT,
    values: [JSON.stringify(records), now],
  });
  await onPeopleSaved?.(
    client,
    stored.map(({ id }) => id),
    now,
  );
  await writeTouchpoints(
    client,
    stored.map(({ id, external_id }) => ({
      at: now,
      kind: 'customer_saved',
      customerId: id,
      data: { isNew: true, fields: Object.keys(fields.get(external_id) ?? {}), identitiesAttached: 0 },
    })),
  );
  return new Set(stored.map((row) => row.external_id));
}

function recordOf(id: string, key: string, one: CustomerFields) {
  const { name, formOfAddress, phone, email, industry, role, tags, language } = one;
  return { id, external_id: key, name, form_of_address: formOfAddress, phone, email, industry, role, tags, language };
}
