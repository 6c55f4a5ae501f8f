// The seed's people are invented and told apart; what they do goes through the program's doors and ends in the present.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSandboxState } from '../../scripts/refuse-real-database.ts';
import { hireStaff } from '../../scripts/seed/hire-staff.ts';
import { meet, scenesOf } from '../../scripts/seed/live-customers.ts';
import { openSeedWorld } from '../../scripts/seed/open-seed-world.ts';
import { lastCustomer, seedCustomers } from '../../scripts/seed-customers.ts';
import { makeFirstAdmin } from '../../src/auth/first-admin.ts';
import { createPasswords } from '../../src/auth/hash-password.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { createIdMaker } from '../../src/ids.ts';
import { createTestDatabase } from '../test-database.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const admin = { email: 'admin@ganbo.example', password: 'con đường dài 2026' };

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'ganbo-seed-'));
});
afterAll(async () => {
  await db.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('nobody is there twice, and no number can belong to anybody', () => {
  for (const key of ['externalId', 'phone', 'peerId', 'name'] as const) {
    expect(new Set(seedCustomers.map((one) => one[key])).size).toBe(seedCustomers.length);
  }
  expect(seedCustomers.every(({ phone }) => /^090000\d{4}$/.test(phone))).toBe(true);
  expect(seedCustomers.at(-1)?.externalId).toBe(lastCustomer);
});

test('a day is told through webhooks and REST; the sandbox keeps its own clock', async () => {
  const read = readConfig({ DATA_DIR: dataDir, SANDBOX: 'on', FLOWS_DIR: join(root, 'flows') }, root);
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  const clock = systemClock;
  const deps = { db, clock, newId: createIdMaker(clock), passwords: createPasswords(), random: randomBytes };
  await makeFirstAdmin(deps, admin);
  const world = await openSeedWorld({ config: read.config, db, days: 3 });
  const [first, last] = [seedCustomers[0], seedCustomers.at(-1)];
  if (!first || !last) throw new Error('Nobody is in the seed.');
  const staff = await hireStaff(world, admin);
  for (const { daysAgo, at, play } of scenesOf(first)) {
    await world.until(daysAgo, at);
    await play(world);
  }
  await meet(world, last);
  await world.reachPresent();
  const welcome = world.sandbox.shownTo(first.peerId).filter(({ from }) => from === 'program');
  await world.close();
  expect(welcome.map(({ text }) => text).join('\n')).toContain('chị Hà');
  expect(readSandboxState(dataDir).clockOffsetMs).toBe(0);
  const { rows } = await db.pool.query('SELECT name, role FROM staff_members ORDER BY role, name');
  expect(rows).toHaveLength(5);
  expect(Object.keys(staff)).toEqual(['agent', 'second', 'marketer', 'manager']);
  const tasks = await db.pool.query<{ owner: string }>(`SELECT owner FROM tasks WHERE kind = 'welcome_call'`);
  expect(tasks.rows).toEqual([{ owner: 'thao@ganbo.example' }]);
}, 240_000);
