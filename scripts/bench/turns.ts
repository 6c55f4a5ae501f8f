// Durable turns against bare inserts, turn about, on one database server; then how many a second the turns stand when
// nobody waits for them.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { atLeast, atMost, type Bench, type Figure, mb, median, ms, perSecond, plain, times } from './figure.ts';
import { postAtRate, postWebhooks } from './load.ts';
import { NODE_FLAGS } from './program.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const seconds = Number(process.env.BENCH_SECONDS ?? 6);
const repeats = Number(process.env.BENCH_REPEATS ?? 3);
const customers = Number(process.env.BENCH_CUSTOMERS ?? 20_000);
const secret = randomBytes(16).toString('hex');
/** Of connections: what a durable turn shall reach of a bare insert. */
const GOALS = new Map([
  [64, 1.2],
  [256, 1.8],
]);
const LONGEST_P99_MS = 100;
/** A commit on a cloud's network disk, or an ordinary SSD with its cache off, takes so long; on this machine maybe a tenth. */
const SLOW_FLUSH_MS = Number(process.env.BENCH_FLUSH_MS ?? 2);
const RATES = [500, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000];

type Server = { child: ChildProcess; address: string };
type Report = { memory: number; cpu: number; done: number; waiting: number };
/** One stretch of load: how many per second, and what each cost in microseconds of CPU. */
type Stretch = { rate: number; node: number; database: number; load: number; p50: number; p99: number; non2xx: number };

export async function measureTurns(bench: Bench): Promise<Figure[]> {
  const url = await bench.newDatabase('turns');
  const quick = await withServers(url, async (bare, turn) => {
    await meetEverybody(turn);
    const figures: Figure[] = [];
    for (const [connections, goal] of GOALS) figures.push(...(await compare(bench, bare, turn, { connections, goal })));
    figures.push(await highestRate(bench, turn));
    const { memory } = await reportOf(turn);
    return [...figures, plain('memory of the turn server after the load', mb(memory / 1024 ** 2))];
  });
  // Whoever flushes waits so much longer, as for a slower disk; both servers alike.
  const slow = new URL(url);
  slow.searchParams.set('options', `-c commit_delay=${SLOW_FLUSH_MS * 1000} -c commit_siblings=0`);
  return [...quick, ...(await withServers(slow.href, async (bare, turn) => await compareSlow(bench, bare, turn)))];
}

async function compareSlow(bench: Bench, bare: Server, turn: Server): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const connections of GOALS.keys()) {
    const [first, ...others] = await compare(bench, bare, turn, { connections, goal: null });
    if (first) figures.push({ ...first, what: `${first.what}, a flush takes ${SLOW_FLUSH_MS} ms longer` }, ...others);
  }
  return figures;
}

async function withServers(
  url: string,
  measureBoth: (bare: Server, turn: Server) => Promise<Figure[]>,
): Promise<Figure[]> {
  const bare = await startServer('bare-server.ts', [url, secret]);
  const turn = await startServer('turn-server.ts', [url, secret, join(here, 'flows')]);
  try {
    return await measureBoth(bare, turn);
  } finally {
    for (const { child } of [bare, turn]) child.disconnect();
  }
}

async function startServer(file: string, args: string[]): Promise<Server> {
  const profile = process.env.BENCH_PROFILE;
  const execArgv = [...NODE_FLAGS, ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [])];
  const child = fork(join(here, file), args, { execArgv });
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
    await wait(50);
  }
}

async function compare(
  bench: Bench,
  bare: Server,
  turn: Server,
  { connections, goal }: { connections: number; goal: number | null },
): Promise<Figure[]> {
  const inserts: Stretch[] = [];
  const turns: Stretch[] = [];
  for (let round = 1; round <= repeats; round += 1) {
    inserts.push(await measure(bench, bare, connections));
    turns.push(await measure(bench, turn, connections));
    bench.say(`  ${connections} connections, round ${round}: bare inserts  ${inWords(inserts.at(-1))}`);
    bench.say(`  ${connections} connections, round ${round}: durable turns ${inWords(turns.at(-1))}`);
  }
  const rate = (stretches: Stretch[]) => median(stretches.map((stretch) => stretch.rate));
  const cost = ({ node, database }: Stretch) => node + database;
  const costs = median(turns.map(cost)) / median(inserts.map(cost));
  const name = `durable turns of bare inserts, ${connections} connections`;
  const ratio = rate(turns) / rate(inserts);
  return [
    goal === null ? plain(name, times(ratio)) : atLeast(name, ratio, goal, times),
    plain('  each', `${perSecond(rate(turns))} of ${perSecond(rate(inserts))}`),
    plain('  CPU of a turn, of that of an insert (Node and PostgreSQL)', times(costs)),
    atMost('  p99 of the 200', median(turns.map(({ p99 }) => p99)), LONGEST_P99_MS, ms),
  ];
}

/** A turn counts when it is committed: what is still queued when the load ends is waited for, and its time is counted. */
async function measure(bench: Bench, server: Server, connections: number): Promise<Stretch> {
  const before = await drained(server);
  const database = await bench.databaseCpu();
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
    database: ((await bench.databaseCpu()) - database) / count,
    load: (user + system) / count,
  };
}

/** The highest rate at which, three times in a row, the 200 came in time and nothing was left when the load ended. */
async function highestRate(bench: Bench, turn: Server): Promise<Figure> {
  let best = 0;
  for (const rate of RATES) {
    const runs: boolean[] = [];
    while (runs.length < 3 && !runs.includes(false)) runs.push(await stands(bench, turn, rate));
    if (runs.includes(false)) break;
    best = rate;
  }
  return plain(`highest rate with p99 ≤ ${LONGEST_P99_MS} ms, three times, nobody waiting`, perSecond(best));
}

async function stands(bench: Bench, turn: Server, rate: number): Promise<boolean> {
  await drained(turn);
  const load = await postAtRate(turn.address, { connections: 256, seconds, customers, secret, rate });
  const { waiting } = await reportOf(turn);
  bench.say(
    `  ${rate}/s: ${Math.round(load.requests / load.seconds)}/s taken, p99 ${load.p99} ms, ${waiting} waiting at the end`,
  );
  return (
    load.non2xx === 0 && load.p99 <= LONGEST_P99_MS && load.requests / load.seconds > rate * 0.97 && waiting < rate / 2
  );
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
