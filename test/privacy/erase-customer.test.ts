import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { createIdMaker } from '../../src/ids.ts';
import { type EraseDeps, eraseCustomer } from '../../src/privacy/erase-customer.ts';
import { exportCustomer } from '../../src/privacy/export-customer.ts';
import { hashIdentity } from '../../src/privacy/identity-hash.ts';
import { personalData } from '../../src/privacy/personal-data.ts';
import { removeErasedMedia } from '../../src/privacy/remove-files.ts';
import { createTestDatabase } from '../test-database.ts';
import { AT, needlesOf, type Person, seedPerson, tablesWith } from './person.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;
let deps: EraseDeps;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'ganbo-privacy-'));
  const clock = createManualClock(AT);
  deps = { clock, newId: createIdMaker(clock), secretKey: randomBytes(32), dataDir };
  await db.pool.query(
    `INSERT INTO webhook_endpoints (id, url, events, secrets, created_at) VALUES (gen_random_uuid(), 'https://x', '{}', '{}', now())`,
  );
});
afterAll(async () => {
  await db.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function erase(person: Person) {
  return await db.transaction('answer-once', (client) =>
    eraseCustomer(deps, client, { customerId: person.customerId, actor: 'api_key:test', reason: 'test' }),
  );
}

async function exported(person: Person): Promise<string> {
  let text = '';
  const source = { db, mediaDir: join(dataDir, 'media') };
  for await (const piece of exportCustomer(source, { customerId: person.customerId, now: AT })) text += piece;
  return text;
}

const count = async (sql: string) =>
  Number((await db.pool.query<{ n: string }>(`SELECT count(*) AS n ${sql}`)).rows[0]?.n);

test('the seed reaches every table that can be about a person', async () => {
  const person = await seedPerson(db, 'seed');
  const found = new Set([...(await tablesWith(db, needlesOf(person))), ...(await tablesWith(db, [person.customerId]))]);
  const expected = Object.entries(personalData).flatMap(([table, rule]) => (rule.belongs === null ? [] : [table]));
  // Journeys' rows are seeded by their own tests; a presence names only a conversation.
  expect(expected.filter((table) => !found.has(table))).toEqual(['enrolment_steps', 'enrolments', 'presences']);
});

test('after erasure nothing of the person is found anywhere, and nobody else lost a row', async () => {
  const person = await seedPerson(db, 'goes');
  const other = await seedPerson(db, 'stays');
  const before = await exported(other);
  const revenue = await count('FROM orders');
  const kinds = await count(`FROM touchpoints WHERE kind IN ('message_in', 'survey_answered')`);
  const receipt = await erase(person);
  expect(await tablesWith(db, needlesOf(person))).toEqual([]);
  // The internal id is left in two places only: the audit's proof.
  expect(await tablesWith(db, [person.customerId])).toEqual(['audit_entries', 'media']);
  expect(await exported(other)).toBe(before);
  // Those of the two who stayed or were only seeded.
  expect(await count('FROM presences')).toBe(2);
  expect(await count('FROM orders')).toBe(revenue);
  expect(await count(`FROM touchpoints WHERE kind IN ('message_in', 'survey_answered')`)).toBe(kinds);
  expect(JSON.stringify(receipt)).not.toContain(person.customerId);
  expect(receipt?.rows).toMatchObject({ customers: 1, channel_identities: 1, consents: 1, orders: 1 });
  expect(await erase(person)).toBeNull();
});

test('what is left of a score is the score', async () => {
  const { rows } = await db.pool.query(
    `SELECT data, text, customer_id FROM touchpoints WHERE kind = 'survey_answered' AND customer_id IS NULL`,
  );
  expect(rows).toEqual([{ data: { metric: 'csat', score: 5 }, text: null, customer_id: null }]);
});

test('keyed hashes remember the names, and only with the key', async () => {
  const person = await seedPerson(db, 'hash');
  await erase(person);
  const found = async (key: Buffer) =>
    await db.pool.query(`SELECT kind FROM erased_identities WHERE hash = ANY($1::bytea[]) ORDER BY kind`, [
      [
        hashIdentity(key, { kind: 'phone', value: person.phone }),
        hashIdentity(key, { kind: 'email', value: person.email.toUpperCase() }),
        hashIdentity(key, { kind: 'zalo', value: person.peerId }),
      ],
    ]);
  expect((await found(deps.secretKey)).rows.map(({ kind }) => kind)).toEqual(['email', 'phone', 'zalo']);
  expect((await found(randomBytes(32))).rows).toEqual([]);
});

test('files go with the rows that named them', async () => {
  const person = await seedPerson(db, 'files');
  await mkdir(join(dataDir, 'media', '2026-11'), { recursive: true });
  await mkdir(join(dataDir, 'imports'), { recursive: true });
  const { rows } = await db.pool.query<{
    path: string;
  }>(`SELECT i.path FROM imports i JOIN import_rows r ON r.import_id = i.id
    WHERE r.object_id = '${person.externalId}'`);
  await writeFile(join(dataDir, 'imports', rows[0]?.path ?? ''), person.phone);
  await writeFile(join(dataDir, 'media', '2026-11', `${person.customerId}.png`), 'ảnh');
  expect(JSON.parse(await exported(person)).files).toMatchObject([
    { base64: Buffer.from('ảnh').toString('base64'), contentType: 'image/png' },
  ]);
  await erase(person);
  expect(await readdir(join(dataDir, 'imports'))).toEqual([]);
  while ((await removeErasedMedia({ db, dataDir }, AT)) > 0);
  expect(await readdir(join(dataDir, 'media', '2026-11'))).toEqual([]);
  expect(await tablesWith(db, [person.customerId])).toEqual(['audit_entries']);
});

test('an export holds every row of the person and none of another', async () => {
  const person = await seedPerson(db, 'mine');
  const other = await seedPerson(db, 'yours');
  const text = await exported(person);
  for (const needle of needlesOf(other)) expect(text).not.toContain(needle);
  const { tables } = JSON.parse(text);
  const empty = Object.entries(tables).flatMap(([table, rows]) =>
    Array.isArray(rows) && rows.length === 0 ? [table] : [],
  );
  expect(empty.sort()).toEqual(['enrolment_steps', 'enrolments']);
  expect(tables.customers[0]).toMatchObject({ name: person.name, phone: person.phone });
  expect(text).not.toContain('api_key:crm');
});
