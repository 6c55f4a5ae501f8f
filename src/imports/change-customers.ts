// Customers that a file changes, by one statement: what `writeCustomer` does for one that is known, without identities and
// consents, many at once.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { isSameValue, plainAssignments } from '../customers/change-customer.ts';
import { customerFields } from '../customers/customer-schema.ts';
import type { SaveCustomerDeps } from '../customers/save-customer.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { GoodRow } from './build-row.ts';
import { lockNames } from './lock-names.ts';

type Deps = { clock: Clock } & Pick<SaveCustomerDeps, 'onPeopleSaved'>;
type Row = Record<string, unknown> & { id: string; external_id: string };

const LOCK_IDENTITIES = `
SELECT i.id FROM channel_identities i JOIN customers c ON c.id = i.customer_id
WHERE c.external_id = ANY($1) ORDER BY i.id FOR UPDATE OF i`;

const READ = `
SELECT id, external_id, name, form_of_address, phone, email, industry, role, tags, language
FROM customers WHERE external_id = ANY($1) ORDER BY id FOR UPDATE`;

const UPDATE = `
UPDATE customers c SET name = t.name, form_of_address = t.form_of_address, phone = t.phone, email = t.email,
  industry = t.industry, role = t.role, tags = coalesce(t.tags, '{}'), language = t.language, updated_at = $2
FROM json_to_recordset($1::json) AS t(id uuid, name text, form_of_address text, phone text, email text, industry text,
  role text, tags text[], language text) WHERE c.id = t.id`;

/** Answers the keys that are done; those that are not there (any more) are left to whoever saves one. */
export async function changeCustomers(
  { clock, onPeopleSaved }: Deps,
  client: pg.ClientBase,
  rows: readonly GoodRow[],
): Promise<Set<string>> {
  const now = clock.now();
  const keys = rows.map(({ key }) => key);
  await lockNames(client, 'customer:', keys);
  await client.query(LOCK_IDENTITIES, [keys]);
  const { rows: stored } = await client.query<Row>(READ, [keys]);
  const byKey = new Map(stored.map((row) => [row.external_id, row]));
  // In the order of the file, as the ledger should tell it.
  const changes = rows.flatMap(({ key, body }) => {
    const row = byKey.get(key);
    if (!row) return [];
    const sent = plainAssignments(customerFields.parse(body));
    const changed = sent.filter(({ column, value }) => !isSameValue(row[column], value));
    const after = Object.fromEntries(changed.map(({ column, value }) => [column, value]));
    return changed.length === 0 ? [] : [{ row: { ...row, ...after }, fields: changed.map(({ field }) => field) }];
  });
  if (changes.length > 0) await client.query(UPDATE, [JSON.stringify(changes.map(({ row }) => row)), now]);
  await onPeopleSaved?.(
    client,
    stored.map(({ id }) => id),
    now,
  );
  await writeTouchpoints(
    client,
    changes.map(({ row, fields }) => ({
      at: now,
      kind: 'customer_saved',
      customerId: row.id,
      data: { isNew: false, fields, identitiesAttached: 0 },
    })),
  );
  return new Set(stored.map((row) => row.external_id));
}
