// A batch of good rows goes the way of REST. What is new or changed and plain goes in by one statement; everything else row
// by row, each behind a savepoint when one of its neighbours fails, so that a wrong row costs only itself.
import type pg from 'pg';
import { customerFields } from '../customers/customer-schema.ts';
import { orderFields } from '../customers/order-schema.ts';
import { recordOrder } from '../customers/record-order.ts';
import { recordUsage } from '../customers/record-usage.ts';
import { type SaveCustomerDeps, writeCustomer } from '../customers/save-customer.ts';
import { type SaveSubscriptionDeps, writeSubscription } from '../customers/save-subscription.ts';
import { subscriptionFields } from '../customers/subscription-schema.ts';
import type { GoodRow, Mistake } from './build-row.ts';
import { changeCustomers } from './change-customers.ts';
import { changeOrders } from './change-orders.ts';
import { changeSubscriptions } from './change-subscriptions.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { ImportKind } from './import-kinds.ts';
import { insertCustomers, isPlain } from './insert-customers.ts';
import { type InsertOrderDeps, insertOrders, isPlainOrder } from './insert-orders.ts';
import { insertSubscriptions } from './insert-subscriptions.ts';
import { isSame, type StoredState } from './stored-states.ts';

export type SaveRowsDeps = SaveCustomerDeps &
  SaveSubscriptionDeps &
  Parameters<typeof recordOrder>[0] &
  InsertOrderDeps;

export type Batch = {
  rows: readonly GoodRow[];
  /** No key stands in it twice. */
  before: ReadonlyMap<string, StoredState>;
  headingOf: (field: string) => string | null;
};

/** In the caller's transaction. Answers the mistakes by line; rows that are not in it were saved. */
export async function saveRows(
  deps: SaveRowsDeps,
  client: pg.ClientBase & pg.PoolClient,
  kind: ImportKind,
  batch: Batch,
): Promise<Map<number, Mistake[]>> {
  switch (kind) {
    case 'customers':
      return await saveCustomers(deps, client, batch);
    case 'subscriptions':
      return await withKnownCustomers(client, batch, (rows) =>
        saveFresh(
          client,
          { ...batch, rows },
          (fresh) => insertSubscriptions(deps, client, fresh),
          (known) => changeSubscriptions(deps, client, known),
          ({ key, body }) => writeSubscription(deps, client, key, subscriptionFields.parse(body)),
        ),
      );
    case 'orders':
      return await withKnownCustomers(client, batch, (rows) =>
        saveFresh(
          client,
          { ...batch, rows },
          (fresh) => insertOrders(deps, client, fresh.filter(isPlainOrder)),
          (known) => changeOrders(deps, client, known),
          ({ body }) => recordOrder(deps, client, orderFields.parse(body)),
        ),
      );
    case 'usage':
      return await saveUsage(deps, client, batch);
  }
}

async function saveCustomers(deps: SaveRowsDeps, client: pg.PoolClient, batch: Batch): Promise<Map<number, Mistake[]>> {
  const rows = batch.rows.filter((row) => !saysNothingNew(row, batch.before.get(row.key)));
  return await saveFresh(
    client,
    { ...batch, rows },
    (fresh) => insertCustomers(deps, client, fresh.filter(isPlain)),
    (known) => changeCustomers(deps, client, known.filter(isPlain)),
    ({ key, body }) => writeCustomer(deps, client, key, customerFields.parse(body)),
  );
}

function saysNothingNew({ body }: GoodRow, state: StoredState | undefined): boolean {
  if (!state || body.consents !== undefined || body.identities !== undefined) return false;
  return Object.entries(body).every(([field, value]) => isSame(state.values[field], value));
}

/** Most rows that fail name a customer that is not there: told for the whole batch by one question. */
async function withKnownCustomers(
  client: pg.ClientBase,
  { rows, headingOf }: Batch,
  save: (rows: GoodRow[]) => Promise<Map<number, Mistake[]>>,
): Promise<Map<number, Mistake[]>> {
  const named = [...new Set(rows.map(customerOf))];
  const found = await client.query<{ external_id: string }>(
    'SELECT external_id FROM customers WHERE external_id = ANY($1)',
    [named],
  );
  const known = new Set(found.rows.map((row) => row.external_id));
  const mistakes = await save(rows.filter((row) => known.has(customerOf(row))));
  for (const row of rows) {
    if (known.has(customerOf(row))) continue;
    const message = `Không có khách hàng "${customerOf(row)}". Nhập khách hàng trước, hoặc sửa mã cho khớp.`;
    mistakes.set(row.line, [{ column: headingOf('customer'), message }]);
  }
  return mistakes;
}

function customerOf({ body }: GoodRow): string {
  return String(body.customer);
}

async function saveUsage(deps: SaveRowsDeps, client: pg.ClientBase, batch: Batch): Promise<Map<number, Mistake[]>> {
  return await withKnownCustomers(client, batch, async (rows) => {
    const mistakes = new Map<number, Mistake[]>();
    if (rows.length === 0) return mistakes;
    const { results } = await recordUsage(
      deps,
      client,
      rows.map(({ body }) => body),
    );
    for (const { index, error } of results) {
      const line = rows[index]?.line;
      if (error === undefined || line === undefined) continue;
      const column = error.code === 'at_in_future' ? batch.headingOf('at') : null;
      const future = 'Thời điểm nằm ở tương lai. Ghi lúc việc đã xảy ra.';
      mistakes.set(line, [{ column, message: error.code === 'at_in_future' ? future : error.message }]);
    }
    return mistakes;
  });
}

type SaveMany = (rows: GoodRow[]) => Promise<Set<string>>;

/** What nobody knows yet goes in at once, what is known changes at once, as far as it is plain; the others row by row. */
async function saveFresh(
  client: pg.ClientBase,
  batch: Batch,
  insert: SaveMany,
  change: SaveMany,
  saveOne: (row: GoodRow) => Promise<unknown>,
): Promise<Map<number, Mistake[]>> {
  const isKnown = ({ key }: GoodRow) => batch.before.has(key);
  const inserted = await insert(batch.rows.filter((row) => !isKnown(row)));
  const changed = await changeTogether(client, batch, change, batch.rows.filter(isKnown));
  const rest = batch.rows.filter(({ key }) => !inserted.has(key) && !changed.has(key));
  return await saveEach(client, { ...batch, rows: rest }, saveOne);
}

/** One that the database refuses is found row by row. */
async function changeTogether(
  client: pg.ClientBase,
  { headingOf }: Batch,
  change: SaveMany,
  rows: GoodRow[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const found = { keys: new Set<string>() };
  const error = await tryTogether(client, [rows], async (all) => {
    found.keys = await change(all);
  });
  if (error === null) return found.keys;
  if (explainRefusal(error, headingOf) === null) throw error;
  return new Set();
}

const TOGETHER = 25;

/** Savepoints cost as much as a row: neighbours share one, until one of them fails. */
async function saveEach(
  client: pg.ClientBase,
  { rows, headingOf }: Batch,
  saveOne: (row: GoodRow) => Promise<unknown>,
): Promise<Map<number, Mistake[]>> {
  const mistakes = new Map<number, Mistake[]>();
  for (let from = 0; from < rows.length; from += TOGETHER) {
    const some = rows.slice(from, from + TOGETHER);
    const error = await tryTogether(client, some, saveOne);
    if (error === null) continue;
    if (explainRefusal(error, headingOf) === null) throw error;
    for (const row of some) {
      const failure = await tryTogether(client, [row], saveOne);
      if (failure === null) continue;
      const words = explainRefusal(failure, headingOf);
      if (words === null) throw failure;
      mistakes.set(row.line, words);
    }
  }
  return mistakes;
}

/** All of them or none; null = all. */
async function tryTogether<T>(
  client: pg.ClientBase,
  rows: readonly T[],
  saveOne: (row: T) => Promise<unknown>,
): Promise<unknown> {
  await client.query('SAVEPOINT some_rows');
  try {
    for (const row of rows) await saveOne(row);
    await client.query('RELEASE SAVEPOINT some_rows');
    return null;
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT some_rows');
    return error;
  }
}
