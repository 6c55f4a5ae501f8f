// npm run db:seed: four months of an invented business in a minute, told through the program's own doors, so that every
// screen has something to show: customers at each stage, conversations in every state, staff, offers, surveys, work.
// Run again it finds that all is told; a database that met a real account, or another machine's, is refused.
import { randomBytes } from 'node:crypto';
import { makeFirstAdmin } from '../src/auth/first-admin.ts';
import { createPasswords } from '../src/auth/hash-password.ts';
import { systemClock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import type { Database } from '../src/database.ts';
import { StartError } from '../src/errors.ts';
import { createIdMaker } from '../src/ids.ts';
import { withDatabase } from './open-database.ts';
import { refuseRealDatabase, refuseRemoteDatabase } from './refuse-real-database.ts';
import { hireStaff } from './seed/hire-staff.ts';
import { meet, scenesOf } from './seed/live-customers.ts';
import { staffScenes, tellToday } from './seed/live-staff.ts';
import { openSeedWorld, type SeedWorld } from './seed/open-seed-world.ts';
import { lastCustomer, seedCustomers } from './seed-customers.ts';

const DAYS = 92;

await withDatabase(
  { call: 'npm run db:seed' },
  async ({ db }, config) => {
    await refuseRealDatabase(db.pool, config.dataDir);
    if (await isTold(db)) {
      console.log('The story has been told here already. npm run db:reset begins anew.');
      return;
    }
    const admin = await firstAdmin(db, config);
    console.log(`Telling ${DAYS} days of ${seedCustomers.length} customers; this takes a minute or two.\n`);
    const world = await openSeedWorld({ config, db, days: DAYS });
    try {
      await tell(world, admin);
    } finally {
      await world.close();
    }
    for (const { externalId, name, channel, story } of seedCustomers) {
      console.log(`${externalId}  ${name.padEnd(20)} ${channel.padEnd(9)}  ${story}`);
    }
    console.log(`\nnpm start, then sign in as ${admin.email}, password ${admin.password}`);
    console.log('Agents: thao@ganbo.example, nam@ganbo.example; manager quan@, marketer vy@: the same password.');
    console.log('Whoever chats at /sandbox finds the same customers on the phones.');
  },
  refuse,
);

function refuse(config: Config): void {
  refuseRemoteDatabase(config);
  if (config.zalo !== null || config.messenger !== null) {
    const cure = 'Take ZALO_… and MESSENGER_… out of .env, or use another folder for trying things out.';
    throw new StartError('A real channel is configured: invented customers have no place beside it.', cure);
  }
}

/** Throws where a telling broke off: half a story is mended by nothing but a fresh start. */
async function isTold({ pool }: Database): Promise<boolean> {
  const { rows } = await pool.query<{ external_id: string }>(
    'SELECT external_id FROM customers WHERE external_id = ANY($1)',
    [seedCustomers.map(({ externalId }) => externalId)],
  );
  if (rows.some(({ external_id }) => external_id === lastCustomer)) return true;
  if (rows.length === 0) return false;
  throw new StartError('A seed broke off here halfway.', 'Begin anew: NODE_ENV=development npm run db:reset.');
}

async function firstAdmin(db: Database, config: Config): Promise<{ email: string; password: string }> {
  const clock = systemClock;
  const deps = { db, clock, newId: createIdMaker(clock), passwords: createPasswords(), random: randomBytes };
  const admin = (await makeFirstAdmin(deps, config.admin)) ?? config.admin;
  if (admin) return admin;
  const cure = 'Set ADMIN_EMAIL and ADMIN_PASSWORD to them, or begin anew: NODE_ENV=development npm run db:reset.';
  throw new StartError('There is staff here already, whose password only they know.', cure);
}

async function tell(world: SeedWorld, admin: { email: string; password: string }): Promise<void> {
  const staff = await hireStaff(world, admin);
  const [last] = seedCustomers.slice(-1);
  const scenes = [...seedCustomers.slice(0, -1).flatMap(scenesOf), ...staffScenes(world, staff)];
  const inOrder = scenes.toSorted((a, b) => b.daysAgo - a.daysAgo || a.at.localeCompare(b.at));
  for (const { daysAgo, at, play } of inOrder) {
    await world.until(daysAgo, at);
    await play(world);
  }
  await tellToday(world, staff);
  await world.untilMinutesAgo(2);
  if (last) await meet(world, last);
  await world.reachPresent();
}
