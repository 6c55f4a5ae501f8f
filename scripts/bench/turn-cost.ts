// node scripts/bench/turn-cost.ts [sizes] [runs]: what a turn costs without HTTP, by size of the batch; the smallest of
// several runs, so that it holds on a busy machine as well. Linux only. With node --cpu-prof it shows where.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { parseWebhook } from '../../src/channels/messenger/parse-webhook.ts';
import { splitMessage } from '../../src/channels/messenger/split-message.ts';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/database.ts';
import { createFlowLibrary } from '../../src/flow-library/flow-library.ts';
import { createIdMaker } from '../../src/ids.ts';
import { keepAndPlay } from '../../src/inbound/keep-and-play.ts';
import type { Delivery } from '../../src/inbound/record-events.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { cpuOfFamily, parentOf } from './cpu-time.ts';

const sizes = (process.argv[2] ?? '16,64,256').split(',').map(Number);
const runs = Number(process.argv[3] ?? 5);
const PEOPLE = 4_096;

const directory = await mkdtemp(join(tmpdir(), 'ganbo-turn-cost-'));
const postgres = await startEmbeddedPostgres(directory);
const db = openDatabase({ url: postgres.url, poolSize: 6 });
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
await migrate(client, fileURLToPath(new URL('../../prisma/migrations', import.meta.url)));
const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
const postmaster = (await parentOf(rows[0]?.pid ?? 0)) ?? 0;
const log = pino({ level: 'warn' });
const newId = createIdMaker(systemClock);
const flowsDir = fileURLToPath(new URL('flows', import.meta.url));
const library = createFlowLibrary({ db, clock: systemClock, newId, flowsDir, log });
await library.refresh();
const business = { name: 'Bench', hotline: null, website: null };
const work = {
  db,
  clock: systemClock,
  newId,
  library,
  log,
  tools: { newId, timeZone: 'Asia/Ho_Chi_Minh', business },
  splitMessage: () => splitMessage,
};

let serial = 0;
function delivery(): Delivery {
  serial += 1;
  const now = Date.now();
  const sender = `20000000000${String(serial % PEOPLE).padStart(6, '0')}`;
  const message = { mid: `m_${now}-${serial}`, text: serial % 2 ? 'một' : 'hai' };
  const messaging = [{ sender: { id: sender }, recipient: { id: '100' }, timestamp: now, message }];
  const raw = Buffer.from(JSON.stringify({ object: 'page', entry: [{ id: '100', time: now, messaging }] }));
  const receivedAt = new Date();
  const parsed = parseWebhook({ pageId: '100', appId: '1' }, raw, receivedAt);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { channel: 'messenger', accountId: '100', raw, receivedAt, events: parsed.events };
}

async function play(count: number, size: number) {
  const database = (await cpuOfFamily(postmaster)) ?? 0;
  let node = 0;
  const startedAt = performance.now();
  for (let done = 0; done < count; done += size) {
    const deliveries = Array.from({ length: size }, delivery);
    const before = process.cpuUsage();
    await keepAndPlay(work, deliveries);
    const { user, system } = process.cpuUsage(before);
    node += user + system;
  }
  const wall = (performance.now() - startedAt) * 1000;
  return {
    node: node / count,
    database: (((await cpuOfFamily(postmaster)) ?? 0) - database) / count,
    wall: wall / count,
  };
}

await play(PEOPLE, 256);
await client.query('UPDATE channel_identities SET profile_fetched_at = now()');
await client.query('DELETE FROM inbound_queue');
await client.query('VACUUM ANALYZE');
for (let warm = 0; warm < 3; warm += 1) await play(PEOPLE, 128);
const results = sizes.map((size) => ({ size, node: Infinity, database: Infinity, wall: Infinity }));
for (let run = 0; run < runs; run += 1) {
  for (const best of results) {
    const now = await play(PEOPLE, best.size);
    best.node = Math.min(best.node, now.node);
    best.database = Math.min(best.database, now.database);
    best.wall = Math.min(best.wall, now.wall);
  }
}
for (const { size, node, database, wall } of results) {
  console.log(
    `batches of ${size}: Node ${node.toFixed(0)} µs, PostgreSQL ${database.toFixed(0)} µs, ${wall.toFixed(0)} µs by the clock`,
  );
}
const { rows: done } = await client.query('SELECT count(*)::int AS n FROM outbound_messages');
console.log(`${done[0]?.n} answers`);
const { rows: stats } = await client.query(
  `SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE n_tup_upd > 0`,
);
console.log(JSON.stringify(stats));
await client.end();
await db.close();
await postgres.stop();
await rm(directory, { recursive: true, force: true });
