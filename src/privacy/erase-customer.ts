// Erasing one person: from every table by the rules of the list, in one transaction that nobody can slip past. What
// remains is countable and nobody's; a keyed hash keeps their no.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { lockName } from '../http/answer-once.ts';
import type { NewId } from '../ids.ts';
import { hashIdentity } from './identity-hash.ts';
import { personalData } from './personal-data.ts';
import { removeImportFiles } from './remove-files.ts';
import type { TableRule } from './table-rule.ts';
import { eventIds, gatherWho, lockWho, type Who, WITH_WHO, whoValues } from './who.ts';

export type EraseDeps = { clock: Clock; newId: NewId; secretKey: Buffer; dataDir: string };

/** Proof without a person in it. */
export type ErasureReceipt = { receipt: string; erasedAt: string; rows: Record<string, number> };

export type Erasure = { customerId: string; actor: string; reason: string };

/** Done at the very end, while nothing can come in: what a webhook added meanwhile, which the queue tells, and the person. */
const ONLY_LAST = ['inbound_queue', 'channel_identities', 'customers'];
const LAST = ['inbound_events', 'webhook_deliveries', ...ONLY_LAST];

/** In the caller's transaction, which must not go on with the person afterwards; null when there is no such customer. */
export async function eraseCustomer(
  deps: EraseDeps,
  client: pg.ClientBase,
  { customerId, actor, reason }: Erasure,
): Promise<ErasureReceipt | null> {
  // One at a time: two that both changed events would wait for each other when each wants all of them held back.
  await lockName(client, 'erasure');
  if (!(await lockWho(client, customerId))) return null;
  const who = await gatherWho(client, customerId);
  if (!who) return null;
  const now = deps.clock.now();
  const values = whoValues(who, deps.newId(), now);
  await rememberHashes(client, deps.secretKey, who, now);
  await makeNobody(client, values);
  const importFiles = await forgetImportFiles(client, values);
  const rows: Record<string, number> = {};
  for (const table of tablesInOrder()) rows[table] = await eraseFrom(client, table, values);
  await eraseLast(client, who, values, rows);
  const receipt = deps.newId();
  await client.query(
    `INSERT INTO audit_entries (at, actor, action, object_kind, object_id, customer_id, data)
     VALUES ($1, $2, 'erase_customer', 'erasure', $3, $4, $5)`,
    [now, actor, receipt, customerId, JSON.stringify({ reason, rows, identities: who.named.map(({ kind }) => kind) })],
  );
  // The last step before the commit: should that fail, a file is missing that only an undo of the import would read.
  await removeImportFiles(deps.dataDir, importFiles);
  return { receipt, erasedAt: now.toISOString(), rows };
}

/** A file that was worked is thrown away whole: what it brought is in the records, how it was undone in its rows. */
async function forgetImportFiles(client: pg.ClientBase, values: unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ path: string }>(
    `${WITH_WHO}, found AS (
       SELECT m.id, m.path FROM imports m WHERE m.path <> '' AND m.status IN ('done', 'failed', 'undone')
         AND EXISTS (SELECT 1 FROM import_rows t WHERE t.import_id = m.id AND (${personalData.import_rows?.belongs})) FOR UPDATE)
     UPDATE imports m SET path = '' FROM found WHERE m.id = found.id RETURNING found.path`,
    values,
  );
  return rows.map(({ path }) => path);
}

/** Again over what was written by somebody who still held the erased id in hand; idempotent. Answers how many rows. */
export async function eraseStragglers(deps: EraseDeps, client: pg.ClientBase, customerId: string): Promise<number> {
  const who: Who = {
    customer: customerId,
    identities: [],
    events: [],
    deliveries: [],
    merges: [],
    names: [],
    named: [],
  };
  const values = whoValues(who, deps.newId(), deps.clock.now());
  let count = 0;
  for (const table of tablesInOrder()) {
    // Its one rule changes only names, and there are none in hand.
    if (table !== 'audit_entries' && table !== 'idempotent_requests') count += await eraseFrom(client, table, values);
  }
  return count;
}

function tablesInOrder(): string[] {
  return Object.keys(personalData).filter((table) => !ONLY_LAST.includes(table));
}

async function eraseFrom(client: pg.ClientBase, table: string, values: unknown[]): Promise<number> {
  const rule = personalData[table];
  const statement = rule && eraseStatement(table, rule);
  if (!statement) return 0;
  const { rowCount } = await client.query(statement, values);
  return rowCount ?? 0;
}

function eraseStatement(table: string, { belongs, erase }: TableRule): string | null {
  if (belongs === null || erase === 'keep') return null;
  return erase === 'delete'
    ? `${WITH_WHO} DELETE FROM ${table} t WHERE ${belongs}`
    : `${WITH_WHO} UPDATE ${table} t SET ${erase.set} WHERE ${belongs}`;
}

async function rememberHashes(client: pg.ClientBase, secretKey: Buffer, { named }: Who, now: Date): Promise<void> {
  await client.query(
    `INSERT INTO erased_identities (hash, kind, opted_out, erased_at)
     SELECT DISTINCT ON (hash) hash, kind, true, $3::timestamptz FROM unnest($1::bytea[], $2::text[]) AS t(hash, kind)
     ON CONFLICT (hash) DO UPDATE SET opted_out = true, erased_at = excluded.erased_at`,
    [named.map((one) => hashIdentity(secretKey, one)), named.map(({ kind }) => kind), now],
  );
}

/** Whom figures that must not change hang on: no name, no way to reach them, the month they came. */
const MAKE_NOBODY = `${WITH_WHO}
INSERT INTO customers (id, tags, opted_out_at, created_at, updated_at)
SELECT w.nobody, '{erased}', w.now, date_trunc('month', c.created_at), w.now FROM customers c JOIN who w ON c.id = w.customer
WHERE EXISTS (SELECT 1 FROM orders WHERE customer_id = c.id) OR EXISTS (SELECT 1 FROM subscriptions WHERE customer_id = c.id)`;

async function makeNobody(client: pg.ClientBase, values: unknown[]): Promise<void> {
  await client.query(MAKE_NOBODY, values);
}

/**
 * A webhook adds events, and then queue items, to an identity without waiting for it. While no event can come in, what came
 * since is found by the queue itself, and whoever comes next finds no identity and is new.
 */
async function eraseLast(
  client: pg.ClientBase,
  who: Who,
  values: unknown[],
  rows: Record<string, number>,
): Promise<void> {
  await client.query('LOCK TABLE inbound_events IN SHARE ROW EXCLUSIVE MODE');
  const late = await client.query<{ id: string; delivery_id: string | null }>(
    `SELECT e.id, e.delivery_id FROM inbound_queue q JOIN inbound_events e ON e.id = q.event_id
     WHERE q.identity_id = ANY($1::uuid[])`,
    [who.identities],
  );
  const found = eventIds(late.rows);
  const lateValues = values.with(2, found.events).with(3, found.deliveries);
  for (const table of LAST) rows[table] = (rows[table] ?? 0) + (await eraseFrom(client, table, lateValues));
}
