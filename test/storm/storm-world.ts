// Where storms happen: pretend providers that stay, a feed that insists, a database, and processes that come and go.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { systemClock } from '../../src/clock.ts';
import type { Person } from '../../src/sandbox/sandbox-schema.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { environmentOf } from './app-process.ts';
import type { Chance } from './chance.ts';
import { type Feed, openFeed } from './feed.ts';
import { createStormProcess, type StormProcess } from './storm-process.ts';

const COUNTING_FLOW = `id: dem
title: Đếm
entry: [{ on: says, contains: [bắt đầu] }]
variables: { so: text }
steps:
  - { id: hoi, ask: "Nhận bắt đầu.", save_as: so }
  - { id: dap, ask: "Nhận {so}.", save_as: so, next: dap }
`;

export type StormWorld = {
  sandbox: Sandbox;
  feed: Feed;
  processes: StormProcess[];
  people: Person[];
  pool: pg.Pool;
  chance: Chance;
  /** How many times something was ended, cut off or stopped. */
  seen: { kills: number };
  /** Set when nobody shall be killed any more. */
  isOver: boolean;
  dataDir: string;
  /** Where storm-main.ts reads at which boundary to die. */
  stormFile: string;
  close(): Promise<void>;
};

export type WorldOptions = {
  databaseUrl: string;
  /** What the processes are told instead, when a wire lies between. '' = they bring their own server. */
  processUrl?: string;
  processes: number;
  people: number;
  chance: Chance;
  seed: number;
  /** Another way in than the program's own. */
  main?: string;
  env?: Record<string, string>;
};

export async function openStormWorld(options: WorldOptions): Promise<StormWorld> {
  const { chance, seed } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'ganbo-storm-'));
  const processes: StormProcess[] = [];
  const feed = await openFeed({ addresses: () => processes.map(({ address }) => address), chance });
  const sandbox = await startSandbox({
    port: 0,
    clock: systemClock,
    webhookUrls: { zalo: `${feed.url}/webhooks/zalo`, messenger: `${feed.url}/webhooks/messenger` },
    log: pino({ level: 'silent' }),
    random: randomBytes,
    seed,
    limits: {
      zaloCallsPerMinute: 1_000_000,
      messengerSendsPerSecond: 1_000_000,
      // Each process minds the two a second for itself.
      messengerLooksPerSecond: 1_000_000,
    },
  });
  const stormFile = join(dataDir, 'storm.json');
  await writeFile(stormFile, 'null');
  const env = { ...(await environmentFor(sandbox, dataDir, options)), ...options.env, STORM_FILE: stormFile };
  for (let n = 0; n < options.processes; n += 1) processes.push(await createStormProcess(env, options.main));
  const people = Array.from({ length: options.people }, (_, n) =>
    sandbox.createPerson({ channel: n % 2 === 0 ? 'zalo' : 'messenger', name: `Khách Số ${n}` }),
  );
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 4 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    sandbox,
    feed,
    processes,
    people,
    pool,
    chance,
    seen: { kills: 0 },
    isOver: false,
    dataDir,
    stormFile,
    close: async () => {
      await Promise.all(processes.map((one) => one.kill()));
      await sandbox.close();
      await feed.close();
      await pool.end();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function environmentFor(sandbox: Sandbox, dataDir: string, { databaseUrl, processUrl }: WorldOptions) {
  const flowsDir = join(dataDir, 'flows');
  await mkdir(flowsDir, { recursive: true });
  await writeFile(join(flowsDir, 'dem.flow.yaml'), COUNTING_FLOW);
  const url = processUrl ?? databaseUrl;
  const { DATABASE_URL, ...rest } = environmentOf(sandbox, { databaseUrl: url, dataDir });
  return { ...rest, ...(url === '' ? {} : { DATABASE_URL: url }), FLOWS_DIR: flowsDir };
}

/** Everybody writes "bắt đầu" and then counts, `each` messages in all, at most `atOnce` of them not yet kept. */
export async function everybodyCounts(world: StormWorld, each: number, { atOnce = 400, perSecond = Infinity } = {}) {
  const begun = Date.now();
  let written = 0;
  for (let number = 0; number < each; number += 1) {
    for (const person of world.people) {
      while (world.feed.underWay() > atOnce || written / perSecond > (Date.now() - begun) / 1_000) await wait(5);
      world.sandbox.write(person, number === 0 ? 'bắt đầu' : `số ${number}`);
      written += 1;
      if (written % 50 === 0) await wait(1);
    }
  }
}

const UNFINISHED = `
SELECT ((SELECT count(*) FROM inbound_queue) + (SELECT count(*) FROM outbound_messages
  WHERE status IN ('queued', 'sending', 'uncertain')))::int AS n`;

/** Until nothing is on its way and nothing is open; false when it takes longer than `withinMs`. */
export async function becomeQuiet(world: StormWorld, withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await wait(500)) {
    if (world.feed.underWay() > 0) continue;
    const { rows } = await world.pool.query<{ n: number }>(UNFINISHED).catch(() => ({ rows: [] }));
    if (rows[0]?.n === 0 && world.feed.underWay() === 0) return true;
  }
  return false;
}
