// npm run bench: figures as ratios of runs that take turns on the same machine, the same database server, in one table.
// BENCH_ONLY=turns,replies measures some rows; those marked "when asked" take minutes or install something.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/postgres/embedded-postgres.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { cpuOfFamily, parentOf } from './bench/cpu-time.ts';
import { measureDueSteps } from './bench/due-steps.ts';
import { type Bench, type Figure, tableOf } from './bench/figure.ts';
import { measureFrameworks } from './bench/frameworks.ts';
import { measureHardTimes } from './bench/hard-times.ts';
import { measureInbox } from './bench/inbox.ts';
import { measureKernel } from './bench/kernel.ts';
import { measureManyRows } from './bench/many-rows.ts';
import { measureReplyTimes } from './bench/reply-time.ts';
import { measureStarts } from './bench/starts.ts';
import { measureTurns } from './bench/turns.ts';

type Row = { measure: (bench: Bench) => Promise<Figure[]>; isOnlyWhenAsked?: true };

const ROWS = {
  turns: { measure: measureTurns },
  replies: { measure: measureReplyTimes },
  hard: { measure: measureHardTimes },
  due: { measure: measureDueSteps },
  kernel: { measure: measureKernel },
  starts: { measure: measureStarts },
  inbox: { measure: measureInbox },
  many: { measure: measureManyRows, isOnlyWhenAsked: true },
  frameworks: { measure: measureFrameworks, isOnlyWhenAsked: true },
} as const satisfies Record<string, Row>;

const migrations = fileURLToPath(new URL('../prisma/migrations', import.meta.url));
const asked = process.env.BENCH_ONLY?.split(',');
const unknown = asked?.find((name) => !Object.hasOwn(ROWS, name));
if (unknown !== undefined) {
  console.error(`No row "${unknown}": BENCH_ONLY may name ${Object.keys(ROWS).join(', ')}.`);
  process.exit(2);
}

const directory = await mkdtemp(join(tmpdir(), 'ganbo-bench-'));
const postgres = await startEmbeddedPostgres(directory);
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
const { rows: backends } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
const postmaster = await parentOf(backends[0]?.pid ?? 0);

const bench: Bench = {
  directory,
  newDatabase: async (name) => {
    await client.query(`CREATE DATABASE ganbo_${name}`);
    const url = postgres.url.replace(/\/ganbo$/, `/ganbo_${name}`);
    const own = new pg.Client({ connectionString: url });
    await own.connect();
    await migrate(own, migrations);
    await own.end();
    return url;
  },
  databaseCpu: async () => (postmaster === null ? null : await cpuOfFamily(postmaster)) ?? Number.NaN,
  say: (line) => console.log(line),
};

try {
  const figures: Figure[] = [];
  for (const [name, row] of Object.entries<Row>(ROWS)) {
    if (asked ? !asked.includes(name) : row.isOnlyWhenAsked) continue;
    console.log(`── ${name}`);
    figures.push(...(await row.measure(bench)));
  }
  console.log(`\n${tableOf(figures)}`);
} finally {
  await client.end();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
