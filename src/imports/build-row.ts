// Cells become the request that REST would have carried, or mistakes in words of the person who made the table.
import type { z } from 'zod';
import { customerFields } from '../customers/customer-schema.ts';
import { orderFields } from '../customers/order-schema.ts';
import { subscriptionFields } from '../customers/subscription-schema.ts';
import { usageItem } from '../customers/usage-schema.ts';
import { type ImportField, type ImportKind, importFields } from './import-kinds.ts';
import { readValue } from './read-value.ts';
import type { TableRow } from './table-row.ts';

export type Mistake = { column: string | null; message: string };
/** `key` is our callers' id of the thing: the external id, the order's id, the usage's idempotency key. */
export type GoodRow = { line: number; key: string; body: Record<string, unknown> };
export type BadRow = { line: number; key: string | null; mistakes: Mistake[] };

export type RowReader = (row: TableRow) => GoodRow | BadRow;
type Place = { field: string; heading: string; place: number };

export function createRowReader(kind: ImportKind, places: readonly Place[], timeZone: string): RowReader {
  const columns = importFields[kind].flatMap((field) => {
    const place = places.find((one) => one.field === field.name);
    return place ? [{ field, heading: place.heading, place: place.place }] : [];
  });
  const headingOf = new Map(columns.map(({ field, heading }) => [field.name, heading]));
  return ({ line, cells }) => {
    const values: Record<string, unknown> = {};
    const mistakes: Mistake[] = [];
    for (const { field, heading, place } of columns) {
      const read = readValue(field, cells[place], timeZone);
      if (read?.ok) values[field.name] = read.value;
      else if (read) mistakes.push({ column: heading, message: read.message });
      else if (field.isNeeded)
        mistakes.push({ column: heading, message: `Thiếu ${field.title.toLowerCase()}. Điền vào ô này.` });
    }
    if (values.consent !== undefined && values.consentSource === undefined) {
      mistakes.push({ column: headingOf.get('consentSource') ?? null, message: NO_SOURCE });
    }
    const key = keyOf(kind, values);
    if (mistakes.length > 0) return { line, key, mistakes };
    return check(kind, { line, key: key ?? '', body: bodyOf(kind, values, key) }, columns);
  };
}

const NO_SOURCE =
  'Có ghi đồng ý nhưng thiếu nguồn: đồng ý phải chứng minh được. Điền nơi khách đã đồng ý, ví dụ hop-dong-2026.';

function keyOf(kind: ImportKind, values: Record<string, unknown>): string | null {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  if (kind === 'orders') return text(values.id);
  if (kind !== 'usage') return text(values.externalId);
  // The same measurement twice is one, in whichever file it stands.
  const { customer, metric, at } = values;
  return (
    text(values.idempotencyKey) ??
    (customer && metric && at ? `import:${customer}:${metric}:${at}`.slice(0, 200) : null)
  );
}

function bodyOf(kind: ImportKind, values: Record<string, unknown>, key: string | null): Record<string, unknown> {
  if (kind === 'usage') return { ...values, idempotencyKey: key };
  if (kind === 'orders') return values;
  const { externalId: _, zalo, messenger, consent, consentSource, consentAt, consentWording, ...plain } = values;
  if (kind === 'subscriptions') return plain;
  const identities = { ...(zalo === undefined ? {} : { zalo }), ...(messenger === undefined ? {} : { messenger }) };
  const said = { purpose: 'advertising', granted: consent, source: consentSource };
  const proof = { ...(consentAt === undefined ? {} : { at: consentAt }), wording: consentWording };
  return {
    ...plain,
    ...(Object.keys(identities).length === 0 ? {} : { identities }),
    ...(consent === undefined ? {} : { consents: [{ ...said, ...proof }] }),
  };
}

const schemas: Record<ImportKind, z.ZodType> = {
  customers: customerFields,
  subscriptions: subscriptionFields,
  usage: usageItem,
  orders: orderFields,
};

/** The border of REST has the last word. */
function check(
  kind: ImportKind,
  row: GoodRow,
  columns: readonly { field: ImportField; heading: string }[],
): GoodRow | BadRow {
  const parsed = schemas[kind].safeParse(row.body);
  if (parsed.success) return row;
  const mistakes = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    const column = columns.find(({ field }) => field.name === name)?.heading ?? null;
    return { column, message: `Giá trị không dùng được (${issue.message}). Xem lại cách viết.` };
  });
  return { line: row.line, key: row.key, mistakes };
}
