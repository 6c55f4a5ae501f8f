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
import { type LoadResult, postWebhooks } from './bench/load.ts';
import { measureReplyTimes } from './bench/reply-time.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const seconds = Number(process.env.BENCH_SECONDS ?? 6);
const repeats = Number(process.env.BENCH_REPEATS ?? 3);
const customers = Number(process.env.BENCH_CUSTOMERS ?? 20_000);
const secret = randomBytes(16).toString('hex');

type Server = { child: ChildProcess; address: string };
type Report = { memory: number; done: number; waiting: number };

const directory = await mkdtemp(join(tmpdir(), 'ganbo-bench-'));
const postgres = await startEmbeddedPostgres(directory);
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
await migrate(client, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));

const servers: Server[] = [];
try {
  const bare = await startServer('bare-server.ts', [postgres.url, secret]);
  const turn = await startServer('turn-server.ts', [postgres.url, secret, join(here, 'bench', 'flows')]);
  servers.push(bare, turn);
  await meetEverybody(turn);
  for (const connections of [64, 256]) await compare(bare, turn, connections);
  const { memory } = await reportOf(turn);
  console.log(`memory of the turn server after the load: ${Math.round(memory / 1024 / 1024)} MB`);
  await replyTimes();
} finally {
  for (const { child } of servers) child.disconnect();
  await client.end();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
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

async function drained(turn: Server): Promise<number> {
  for (;;) {
    const { waiting, done } = await reportOf(turn);
    if (waiting === 0) return done;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function compare(bare: Server, turn: Server, connections: number): Promise<void> {
  const bareRates: number[] = [];
  const turnRates: number[] = [];
  let last: LoadResult | null = null;
  for (let round = 0; round < repeats; round += 1) {
    const plain = await postWebhooks(bare.address, { connections, seconds, customers, secret });
    bareRates.push(plain.requests / plain.seconds);
    const before = await drained(turn);
    const startedAt = performance.now();
    last = await postWebhooks(turn.address, { connections, seconds, customers, secret });
    // A turn counts when it is committed: the rest of the queue is waited for and its time is counted.
    const turns = (await drained(turn)) - before;
    turnRates.push(turns / ((performance.now() - startedAt) / 1000));
    console.log(
      `${connections} connections, round ${round + 1}: bare ${rate(bareRates.at(-1))}/s, p99 ${plain.p99} ms; turns ${rate(turnRates.at(-1))}/s, ` +
        `ack p50 ${last.p50} ms, p99 ${last.p99} ms, other than 2xx: ${last.non2xx}`,
    );
  }
  const ratio = median(turnRates) / median(bareRates);
  console.log(`=> ${connections} connections: durable turns / bare inserts = ${ratio.toFixed(2)}`);
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

function rate(value: number | undefined): string {
  return Math.round(value ?? 0).toLocaleString('en');
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
