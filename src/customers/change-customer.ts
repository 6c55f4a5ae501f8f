// The plain fields of a customer: what was sent is set, null clears, what was left out stays.
import type pg from 'pg';
import type { CustomerFields } from './customer-schema.ts';

const columns = {
  name: 'name',
  formOfAddress: 'form_of_address',
  phone: 'phone',
  email: 'email',
  industry: 'industry',
  role: 'role',
  tags: 'tags',
  language: 'language',
} as const;

/** What a cleared field becomes where the table knows no null. */
const cleared: Partial<Record<keyof typeof columns, unknown>> = { tags: [], language: 'vi' };

type Assignment = { field: string; column: string; value: unknown };

/** The row must be locked. Answers the names of the fields that are different now. */
export async function changeCustomer(
  client: pg.ClientBase,
  customerId: string,
  fields: CustomerFields,
  now: Date,
): Promise<string[]> {
  const before = await readRow(client, customerId);
  const wanted = [...plainAssignments(fields), ...attributeAssignment(fields, before.attributes)];
  const changes = wanted.filter(({ column, value }) => !isSameValue(before[column], value));
  if (changes.length === 0) return [];
  const sets = changes.map(({ column }, n) => `${column} = $${n + 3}`);
  await client.query(`UPDATE customers SET updated_at = $2, ${sets.join(', ')} WHERE id = $1`, [
    customerId,
    now,
    ...changes.map(({ value }) => value),
  ]);
  return changes.map(({ field }) => field);
}

async function readRow(client: pg.ClientBase, customerId: string): Promise<Record<string, unknown>> {
  const { rows } = await client.query<Record<string, unknown>>('SELECT * FROM customers WHERE id = $1', [customerId]);
  return rows[0] ?? {};
}

/** What was sent of the plain fields, each with its column; pure. */
export function plainAssignments(fields: CustomerFields): Assignment[] {
  return (Object.keys(columns) as (keyof typeof columns)[]).flatMap((field) => {
    const value = field === 'tags' && fields.tags ? [...new Set(fields.tags)] : fields[field];
    if (value === undefined) return [];
    return [{ field, column: columns[field], value: value ?? cleared[field] ?? null }];
  });
}

/** Merged by name: flows remember things in the same place. */
function attributeAssignment({ attributes }: CustomerFields, before: unknown): Assignment[] {
  if (attributes === undefined) return [];
  const kept = attributes !== null && typeof before === 'object' && before !== null ? before : {};
  const merged = Object.fromEntries(Object.entries({ ...kept, ...attributes }).filter(([, value]) => value !== null));
  return [{ field: 'attributes', column: 'attributes', value: merged }];
}

/** Of two values of a column. */
export function isSameValue(before: unknown, after: unknown): boolean {
  return canonical(before) === canonical(after);
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
