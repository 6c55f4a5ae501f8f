// What turns changed about customers. The row is not the turn's alone: the same customer may be speaking on another channel
// at this moment, in another turn, so that only what this one changed is written and a "no" said there is not written over.
import { isDeepStrictEqual } from 'node:util';
import type { KnownCustomer } from '../conversations/work.ts';
import type { Outcome } from './outcome.ts';
import { type SavePart, savePart } from './save-parts.ts';

/** As they are now, and as they were read. */
type Pair = { now: KnownCustomer; was: KnownCustomer };

export function saveCustomers(outcomes: readonly Outcome[]): SavePart[] {
  const pairs = outcomes.map(({ person, before }) => ({ now: person.customer, was: before.customer }));
  const known = pairs.filter(({ now, was }) => !now.isNew && isChanged(now, was));
  return [saveNew(pairs.flatMap(({ now }) => (now.isNew ? [now] : []))), saveChanges(known)];
}

const newColumns = {
  id: 'uuid',
  name: 'text',
  phone: 'text',
  email: 'text',
  attributes: 'jsonb',
  language: 'text',
  opted_out_at: 'timestamptz',
} as const;

function saveNew(customers: readonly KnownCustomer[]): SavePart {
  const rows = customers.map((customer) => ({ ...customer, opted_out_at: customer.optedOutAt }));
  return savePart(
    'customers',
    newColumns,
    rows,
    (from) => `cu AS (
      INSERT INTO customers (id, name, phone, email, attributes, language, opted_out_at, created_at, updated_at)
      SELECT id, name, phone, email, attributes, language, opted_out_at, $1::timestamptz, $1::timestamptz FROM ${from})`,
  );
}

/** Null where nothing changed: a turn takes no word back, but for the "no". */
const changedColumns = { ...newColumns, is_no_changed: 'bool' } as const;

function saveChanges(pairs: readonly Pair[]): SavePart {
  // One row for each customer: of two in one statement PostgreSQL would write either.
  const rows = [...Map.groupBy(pairs, ({ now }) => now.id).values()].map(changesOf);
  return savePart(
    'customer-changes',
    changedColumns,
    rows,
    (from) => `cc AS (
      UPDATE customers c SET name = coalesce(t.name, c.name), phone = coalesce(t.phone, c.phone),
        email = coalesce(t.email, c.email), language = coalesce(t.language, c.language),
        attributes = c.attributes || coalesce(t.attributes, '{}'),
        opted_out_at = CASE WHEN t.is_no_changed THEN t.opted_out_at ELSE c.opted_out_at END, updated_at = $1::timestamptz
      FROM ${from} WHERE c.id = t.id)`,
  );
}

/** Most turns change nothing about the customer. */
function isChanged(now: KnownCustomer, was: KnownCustomer): boolean {
  return (
    now.name !== was.name ||
    now.phone !== was.phone ||
    now.email !== was.email ||
    now.language !== was.language ||
    now.optedOutAt !== was.optedOutAt ||
    !isDeepStrictEqual(now.attributes, was.attributes)
  );
}

/** All that was said on the channels of one customer in one batch; whoever said no on one of them has said no. */
function changesOf(pairs: readonly Pair[]) {
  const last = (field: 'name' | 'phone' | 'email' | 'language') =>
    pairs.findLast(({ now, was }) => now[field] !== was[field])?.now[field] ?? null;
  const words = pairs.filter(({ now, was }) => now.optedOutAt !== was.optedOutAt).map(({ now }) => now.optedOutAt);
  return {
    id: pairs[0]?.now.id,
    name: last('name'),
    phone: last('phone'),
    email: last('email'),
    language: last('language'),
    attributes: Object.fromEntries(pairs.flatMap(rememberedIn)),
    opted_out_at: words.find((at) => at !== null) ?? null,
    is_no_changed: words.length > 0,
  };
}

function rememberedIn({ now, was }: Pair): [string, unknown][] {
  return Object.entries(now.attributes).filter(([name, value]) => value !== was.attributes[name]);
}
