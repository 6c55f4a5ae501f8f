// npm run bench: figures as ratios of runs that take turns on the same machine, the same database server.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/postgres/embedded-postgres.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { cpuOfFamily, parentOf } from './bench/cpu-time.ts';
import { measureDueSteps } from './bench/due-steps.ts';
import { postWebhooks } from './bench/load.ts';
import { measureManyRows } from './bench/many-rows.ts';
import { measureReplyTimes } from './bench/reply-time.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const seconds = Number(process.env.BENCH_SECONDS ?? 6);
const repeats = Number(process.env.BENCH_REPEATS ?? 3);
const customers = Number(process.env.BENCH_CUSTOMERS ?? 20_000);
const secret = randomBytes(16).toString('hex');

type Server = { child: ChildProcess; address: string };
type Report = { memory: number; cpu: number; done: number; waiting: number };
/** One stretch of load: how many per second, and what each cost in microseconds of CPU. */
type Stretch = { rate: number; node: number; database: number; load: number; p50: number; p99: number; non2xx: number };

const directory = await mkdtemp(join(tmpdir(), 'ganbo-bench-'));
const postgres = await startEmbeddedPostgres(directory);
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
const { rows: backends } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
const postmaster = await parentOf(backends[0]?.pid ?? 0);
await migrate(client, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));

const servers: Server[] = [];
try {
  // BENCH_ONLY=turns, due or many leaves the rest out; many takes minutes and runs only when it is asked for.
  const only = process.env.BENCH_ONLY;
  if (only === undefined || only === 'turns') await turns();
  if (only === undefined || only === 'due') await dueSteps();
  if (only === 'many') await measureManyRows(postgres.url, console.log);
} finally {
  for (const { child } of servers) child.disconnect();
  await client.end();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

async function turns(): Promise<void> {
  const bare = await startServer('bare-server.ts', [postgres.url, secret]);
  const turn = await startServer('turn-server.ts', [postgres.url, secret, join(here, 'bench', 'flows')]);
  servers.push(bare, turn);
  await meetEverybody(turn);
  for (const connections of [64, 256]) await compare(bare, turn, connections);
  const { memory } = await reportOf(turn);
  console.log(`memory of the turn server after the load: ${Math.round(memory / 1024 / 1024)} MB`);
  await replyTimes();
}

async function dueSteps(): Promise<void> {
  for (const count of [1_000, 10_000, 100_000]) {
    const due = await measureDueSteps(postgres.url, count);
    console.log(
      `${whole(count)} customers with a step due in one hour: ${whole(due.perSecond)} steps/s decided and queued ` +
        `(${due.seconds.toFixed(1)} s, longest batch ${Math.round(due.longestBatchMs)} ms), ` +
        `memory grew by ${Math.round(due.memoryGrowthMb)} MB; planning ${whole(due.planPerSecond)} customers/s`,
    );
  }
}

async function startServer(file: string, args: string[]): Promise<Server> {
  const profile = process.env.BENCH_PROFILE;
  const execArgv = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [];
  const child = fork(join(here, 'bench', file), args, { execArgv });
  const [message] = await new Promise<[{ address: string }]>((resolve, reject) => {
    child.once('message', (value: { address: string }) => resolve([value]));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return { child, address: message.address };
}

function reportOf({ child }: Server): Promise<Report> {
  return new Promise((resolve) => {
    child.once('message', (report: Report) => resolve(report));
    child.send('report');
  });
}

/** Every customer once, so that the measured turns are those of people who are known and in a flow. */
async function meetEverybody(turn: Server): Promise<void> {
  for (let met = 0; met < customers * 1.2; ) {
    const result = await postWebhooks(turn.address, { connections: 256, seconds: 2, customers, secret });
    met += result.requests;
    await drained(turn);
  }
}

async function drained(turn: Server): Promise<Report> {
  for (;;) {
    const report = await reportOf(turn);
    if (report.waiting === 0) return report;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function compare(bare: Server, turn: Server, connections: number): Promise<void> {
  const plain: Stretch[] = [];
  const turns: Stretch[] = [];
  for (let round = 1; round <= repeats; round += 1) {
    plain.push(await measure(bare, connections));
    turns.push(await measure(turn, connections));
    console.log(`${connections} connections, round ${round}`);
    console.log(`  bare inserts  ${inWords(plain.at(-1))}`);
    console.log(`  durable turns ${inWords(turns.at(-1))}`);
  }
  const ratio = median(turns.map(({ rate }) => rate)) / median(plain.map(({ rate }) => rate));
  console.log(`=> ${connections} connections: durable turns / bare inserts = ${ratio.toFixed(2)}`);
}

/** A turn counts when it is committed: what is still queued when the load ends is waited for, and its time is counted. */
async function measure(server: Server, connections: number): Promise<Stretch> {
  const before = await drained(server);
  const database = await databaseCpu();
  const own = process.cpuUsage();
  const startedAt = performance.now();
  const load = await postWebhooks(server.address, { connections, seconds, customers, secret });
  const after = await drained(server);
  const took = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(own);
  const count = after.done > 0 ? after.done - before.done : load.requests;
  return {
    ...load,
    rate: count / (after.done > 0 ? took : load.seconds),
    node: (after.cpu - before.cpu) / count,
    database: ((await databaseCpu()) - database) / count,
    load: (user + system) / count,
  };
}

async function databaseCpu(): Promise<number> {
  return postmaster === null ? Number.NaN : ((await cpuOfFamily(postmaster)) ?? Number.NaN);
}

function inWords(stretch: Stretch | undefined): string {
  if (!stretch) return '';
  const { rate, node, database, load, p50, p99, non2xx } = stretch;
  const cpu = [node, database, load].map(Math.round);
  return (
    `${Math.round(rate).toLocaleString('en').padStart(6)}/s, 200 after p50 ${p50} ms, p99 ${p99} ms, other than 2xx: ${non2xx}; ` +
    `CPU of each: Node ${cpu[0]} µs, PostgreSQL ${cpu[1]} µs, load ${cpu[2]} µs`
  );
}

async function replyTimes(): Promise<void> {
  await client.query('CREATE DATABASE ganbo_reply_time');
  const databaseUrl = postgres.url.replace(/\/ganbo$/, '/ganbo_reply_time');
  const perSecond = 50;
  const { asked, answered, p50, p95, memoryMb } = await measureReplyTimes({
    databaseUrl,
    dataDir: join(directory, 'reply-data'),
    perSecond,
    seconds: 10,
  });
  console.log(
    `message to reply at ${perSecond}/s, instant provider: ${answered} of ${asked} answered, p50 ${p50} ms, p95 ${p95} ms; ` +
      `memory of the whole program ${memoryMb} MB`,
  );
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
