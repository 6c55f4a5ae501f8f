// A database server for storms: it can be ended like by a power cut and comes back on the same port.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { clearStaleLock } from '../../src/postgres/clear-stale-lock.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { MIGRATIONS } from '../../src/postgres/open-prepared-database.ts';
import { createRunner } from '../../src/postgres/run-as.ts';
import { until } from '../outside/until.ts';

export type StormServer = {
  readonly url: string;
  /** `SIGQUIT` = immediate shutdown, `SIGKILL` = as if the machine had taken it. Resolves when it is gone. */
  end(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** Starts it again, with recovery. */
  start(): Promise<void>;
  close(): Promise<void>;
};

/** Running, with an empty database of this version in it. */
export async function openStormServer(): Promise<StormServer> {
  const directory = await mkdtemp(join(tmpdir(), 'ganbo-storm-pg-'));
  const server = await startEmbeddedPostgres(directory, ['max_connections=200']);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await migrate(client, MIGRATIONS);
  await client.end();
  return {
    url: server.url,
    end: async (signal) => {
      const pid = await postmasterOf(directory);
      process.kill(pid, signal);
      await until('the server to be gone', () => !isAlive(pid), { withinMs: 30_000 });
    },
    start: () => startAgain(directory),
    close: async () => {
      await server.stop().catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** As it was started before, on the port that everybody knows. */
async function startAgain(directory: string): Promise<void> {
  const data = join(directory, 'data');
  const [command = '', ...options] = [
    ...(await readFile(join(data, 'postmaster.opts'), 'utf8')).matchAll(/"([^"]*)"|(\S+)/g),
  ].map(([, quoted, bare]) => quoted ?? bare ?? '');
  await clearStaleLock(data);
  const pgCtl = join(dirname(command), 'pg_ctl');
  const runner = await createRunner([pgCtl, data]);
  const settings = options.filter((option) => option.includes('=') && !option.startsWith('-D'));
  const given = settings.map((setting) => `-c ${setting.endsWith('=') ? `${setting}''` : setting}`).join(' ');
  await runner.run(pgCtl, ['start', '-D', data, '-l', join(directory, 'server.log'), '-w', '-t', '60', '-o', given]);
}

/** The process of the server that lives in `directory`/data. */
export async function postmasterOf(directory: string): Promise<number> {
  return Number((await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** Whether there is such a process that still runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
