// The one connection pool of the program: plain SQL on the paths of messages, Prisma for records.
import { createRequire } from 'node:module';
import pg from 'pg';
import type { PrismaClient } from '../prisma/generated/client.ts';
import type { AtBoundary, DurableBoundary } from './durable-boundaries.ts';
import { DatabaseUnavailableError, StartError } from './errors.ts';

export type Database = {
  pool: pg.Pool;
  /** Loaded when the first record is read: no message needs it. */
  readonly prisma: PrismaClient;
  /** Runs `work` in one transaction (READ COMMITTED) and gives back what it gives; rolls back when it throws. */
  transaction: Transact;
  /** The same for queues: tables that fill and empty quicker than the planner's statistics follow are read by index only. */
  queueTransaction: Transact;
  /** What becomes durable without a transaction of ours: one statement, a file, a call to a provider. */
  durably<T>(boundary: DurableBoundary, work: () => Promise<T>): Promise<T>;
  /** Several reads on one connection; the server refuses whatever would write in it. */
  reading<T>(work: Work<T>): Promise<T>;
  close(): Promise<void>;
};

type Work<T> = (client: pg.PoolClient) => Promise<T>;
export type Transact = <T>(boundary: DurableBoundary, work: Work<T>) => Promise<T>;

export type DatabaseOptions = {
  url: string;
  poolSize?: number;
  onPoolError?: (error: Error) => void;
  atBoundary?: AtBoundary;
  /** Shorter only in tests. */
  silenceMs?: number;
};

/** A server that takes a statement and stays silent (paused, cut off) is away; longer than any statement of ours. */
const SILENCE_MS = 30_000;

export function openDatabase(options: DatabaseOptions): Database {
  const { url, poolSize = 12, onPoolError, atBoundary, silenceMs = SILENCE_MS } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    // What a connection planned on an odd day goes with it.
    maxLifetimeSeconds: 600,
    query_timeout: silenceMs,
    keepAlive: true,
    application_name: 'ganbo',
  });
  // Without a listener a restart of the server would end this process.
  pool.on('error', (error) => onPoolError?.(error));
  // The same for one that is lent out and lost between two statements: its next statement tells the borrower.
  pool.on('connect', (client) => client.on('error', () => undefined));
  let prisma: PrismaClient | null = null;
  return {
    pool,
    get prisma() {
      prisma ??= openPrisma(pool);
      return prisma;
    },
    transaction: transactions(pool, 'BEGIN', atBoundary),
    queueTransaction: transactions(pool, BEGIN_FOR_QUEUES, atBoundary),
    durably: atBoundary ? (boundary, work) => passing(atBoundary, boundary, work) : (_boundary, work) => work(),
    reading: (work) => runTransaction(pool, 'BEGIN READ ONLY', work),
    close: async () => {
      await prisma?.$disconnect();
      await pool.end();
    },
  };
}

function openPrisma(pool: pg.Pool): PrismaClient {
  const load = createRequire(import.meta.url);
  const { PrismaPg }: typeof import('@prisma/adapter-pg') = load('@prisma/adapter-pg');
  const client: typeof import('../prisma/generated/client.ts') = load('../prisma/generated/client.ts');
  return new client.PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
}

/**
 * Plans are kept (making one anew took two thirds of a claim), so the day on which they are made must not matter: made while
 * a table was empty, or while nothing waited in it, they went through all of it once it was full. In these transactions a
 * touched row counts as what is dear, and ways that touch whole tables are shut: rows are looked up by their key. One round
 * trip, as a plain BEGIN is.
 */
const BEGIN_FOR_QUEUES = [
  'BEGIN',
  ...['plan_cache_mode = force_generic_plan', 'cpu_tuple_cost = 1', 'jit = off'],
  ...['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin', 'material'].map((way) => `enable_${way} = off`),
].join('; SET LOCAL ');

async function passing<T>(atBoundary: AtBoundary, boundary: DurableBoundary, work: () => Promise<T>): Promise<T> {
  await atBoundary(boundary, 'before');
  const done = await work();
  await atBoundary(boundary, 'after');
  return done;
}

function transactions(pool: pg.Pool, begin: string, atBoundary: AtBoundary | undefined): Transact {
  if (!atBoundary) return (_boundary, work) => runTransaction(pool, begin, work);
  return async (boundary, work) => {
    const done = await runTransaction(pool, begin, async (client) => {
      const result = await work(client);
      await atBoundary(boundary, 'before');
      return result;
    });
    await atBoundary(boundary, 'after');
    return done;
  };
}

async function runTransaction<T>(pool: pg.Pool, begin: string, work: Work<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    // A broken connection cannot roll back; the server does it when the connection goes.
    if (isConnectionLost(failure)) throw error;
    await client.query('ROLLBACK').then(
      () => {
        failure = undefined;
      },
      () => undefined,
    );
    throw error;
  } finally {
    client.release(failure);
  }
}

/** Whether the error says that the server cannot be reached or is going away, as opposed to refusing a statement. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true;
  if (error instanceof pg.DatabaseError) {
    // The server is there and did not understand this one statement; poolers use the same code, and hang up.
    if (error.code === '08P01') return error.severity === 'FATAL';
    // 08 connection, 57P0x shutdown and crash, 53 resources, 25006 read-only standby, 58 disk.
    return /^(08|57P0|53|25006|58)/.test(error.code ?? '');
  }
  if (!(error instanceof Error)) return false;
  return /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|Connection terminated|timeout exceeded|read timeout|not queryable/i.test(
    `${'code' in error ? error.code : ''} ${error.message}`,
  );
}

const UNSAFE = 'Turn it on in postgresql.conf and restart the server: without it a power cut loses accepted messages.';

/** Refuses servers that would break the promise that nothing accepted is lost, and those that are too old. */
export async function refuseUnsafeServer(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'server_version_num')`,
  );
  for (const { name, setting } of rows) {
    if (name === 'server_version_num' && Number(setting) < 140_000) {
      throw new StartError(`PostgreSQL ${setting} is too old.`, 'Use PostgreSQL 14 or newer.');
    }
    if (setting === 'off') throw new StartError(`The database server runs with ${name} = off.`, UNSAFE);
  }
}
