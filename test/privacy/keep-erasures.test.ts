import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createManualClock, DAY_MS } from '../../src/clock.ts';
import { createIdMaker } from '../../src/ids.ts';
import { eraseCustomer } from '../../src/privacy/erase-customer.ts';
import { applyErasures } from '../../src/privacy/keep-erasures.ts';
import { createTestDatabase } from '../test-database.ts';
import { AT, needlesOf, seedPerson, tablesWith } from './person.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let backup: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;
beforeAll(async () => {
  db = await createTestDatabase();
  backup = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'ganbo-restore-'));
});
afterAll(async () => {
  await db.close();
  await backup.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('a backup from before an erasure is cleaned of the same people, and only of them', async () => {
  const clock = createManualClock(new Date(AT.getTime() + DAY_MS));
  const deps = { db, clock, newId: createIdMaker(clock), secretKey: randomBytes(32), dataDir };
  const person = await seedPerson(db, 'restored');
  expect(await applyErasures(deps)).toBe(0);
  await db.transaction('answer-once', (client) =>
    eraseCustomer(deps, client, { customerId: person.customerId, actor: 'test', reason: 'test' }),
  );
  expect(await applyErasures(deps)).toBe(0);
  const list = await readFile(join(dataDir, 'erased-identities.jsonl'), 'utf8');
  for (const needle of needlesOf(person)) expect(list).not.toContain(needle);
  // The restored database knows the person, another one, and nothing of the erasure.
  const old = await seedPerson(backup, 'restored');
  const other = await seedPerson(backup, 'bystander');
  expect(await applyErasures({ ...deps, db: backup })).toBe(1);
  expect(await tablesWith(backup, needlesOf(old))).toEqual([]);
  expect((await tablesWith(backup, [other.phone])).length).toBeGreaterThan(3);
  // Whoever comes back afterwards is somebody new and stays.
  clock.advance(DAY_MS);
  await backup.pool.query(
    `INSERT INTO customers (id, phone, created_at, updated_at) VALUES (gen_random_uuid(), $1, $2, $2)`,
    [old.phone, clock.now()],
  );
  expect(await applyErasures({ ...deps, db: backup })).toBe(0);
});
