// 2,000 people follow, every fifth webhook comes twice, and the program is killed every two to three seconds.
// Nobody is forgotten, nobody is greeted twice. The judge is the provider's own ledger.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { createTestDatabase } from '../test-database.ts';
import { createAppProcess, environmentOf } from './app-process.ts';
import { seededChance } from './chance.ts';

const PEOPLE = Number(process.env.STORM_PEOPLE ?? 2_000);
const seed = Number(process.env.STORM_SEED ?? Date.now() % 100_000);

test(`each of ${PEOPLE} followers is welcomed exactly once (seed ${seed})`, { timeout: 420_000 }, async () => {
  const db = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'ganbo-storm-'));
  const sandbox = await startSandbox({
    port: 0,
    clock: systemClock,
    webhookUrls: { zalo: '', messenger: '' },
    log: pino({ level: 'silent' }),
    random: randomBytes,
    seed,
    // A provider that does not give up: a try every two seconds for four minutes.
    webhookRetryAfterMs: Array.from({ length: 120 }, () => 2_000),
  });
  const app = await createAppProcess(environmentOf(sandbox, { databaseUrl: db.url, dataDir }));
  sandbox.webhookUrls.zalo = `${app.address}/webhooks/zalo`;
  sandbox.setFault({ channel: 'zalo', kind: 'webhook_twice', rate: 0.2 });
  const chance = seededChance(seed);
  const people = Array.from({ length: PEOPLE }, (_, n) =>
    sandbox.createPerson({ channel: 'zalo', name: `Khách Số ${n}` }),
  );
  let kills = 0;
  let isOver = false;
  const killing = (async () => {
    app.start();
    while (!isOver) {
      await wait(2_000 + chance() * 1_000);
      if (isOver) return;
      await app.kill();
      kills += 1;
      app.start();
    }
  })();
  try {
    for (const person of people) {
      sandbox.follow(person);
      if (chance() < 0.1) await wait(chance() * 100);
    }
    await untilQuiet(db, async () => (await welcomed(db)) >= PEOPLE * 0.95, 150_000);
    isOver = true;
    await killing;
    await untilQuiet(db, async () => (await open(db)) === 0 && (await welcomed(db)) >= PEOPLE, 200_000);
    await sandbox.settled();
    const perPerson = Map.groupBy(sandbox.ledger, (send) => send.personId);
    const twice = [...perPerson.values()].filter((sends) => sends.length > 1).length;
    const never = people.filter((person) => !perPerson.has(person.id)).length;
    console.log(`kills ${kills}, sends accepted ${sandbox.ledger.length}, never welcomed ${never}, twice ${twice}`);
    const { rows: states } = await db.pool.query(
      'SELECT status, reason, count(*)::int AS n FROM outbound_messages GROUP BY 1, 2',
    );
    console.log(JSON.stringify(states));
    expect(kills).toBeGreaterThanOrEqual(3);
    expect({ never, twice }, app.output().slice(-2_000)).toEqual({ never: 0, twice: 0 });
    const { rows } = await db.pool.query('SELECT status, count(*)::int AS n FROM outbound_messages GROUP BY status');
    expect(rows.filter((row) => !['sent', 'delivered', 'read'].includes(row.status))).toEqual([]);
  } finally {
    isOver = true;
    await killing;
    await app.stop();
    await sandbox.close();
    await db.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

type Db = Awaited<ReturnType<typeof createTestDatabase>>;

async function count(db: Db, sql: string): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(sql);
  return rows[0]?.n ?? 0;
}

function welcomed(db: Db): Promise<number> {
  return count(
    db,
    `SELECT count(*)::int AS n FROM outbound_messages WHERE status IN ('sent', 'delivered', 'read', 'parked')`,
  );
}

function open(db: Db): Promise<number> {
  return count(
    db,
    `SELECT ((SELECT count(*) FROM inbound_queue) + (SELECT count(*) FROM outbound_messages WHERE status IN ('queued', 'sending', 'uncertain')))::int AS n`,
  );
}

/** Looks twice a second until it is so, or gives up: then the assertions say what is missing. */
async function untilQuiet(_db: Db, isSo: () => Promise<boolean>, atMostMs: number): Promise<void> {
  for (let waited = 0; waited < atMostMs && !(await isSo()); waited += 500) await wait(500);
}
