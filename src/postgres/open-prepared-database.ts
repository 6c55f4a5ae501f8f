// From settings to a database that can be used: embedded or the operator's own, safe, and of this version.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Database, openDatabase, refuseUnsafeServer } from '../database.ts';
import { StartError } from '../errors.ts';
import { createRound } from '../round.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { readHold } from './held-after-restore.ts';
import { migrate } from './migrate.ts';

export const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

export type PreparedDatabase = {
  db: Database;
  url: string;
  /** Rung each second: an embedded server that was killed is started again. An operator's own is not ours to start. */
  revive(): void;
  close(): Promise<void>;
};

export async function openPreparedDatabase(config: Config, log: Logger): Promise<PreparedDatabase> {
  const embedded = config.databaseUrl === null ? await startEmbeddedPostgres(join(config.dataDir, 'postgres')) : null;
  if (embedded?.wasAdopted) log.info('the embedded database was still running and is used as it is');
  const url = embedded?.url ?? config.databaseUrl ?? '';
  await prepare(url, log);
  const db = openDatabase({
    url,
    onPoolError: (error) => log.warn({ err: error.message }, 'a database connection was lost'),
  });
  const reviver = createRound(
    async () => {
      if (await embedded?.revive()) log.warn('the embedded database was gone and was started again');
      return false;
    },
    (error) => log.error({ err: error }, 'the embedded database is gone and could not be started again'),
  );
  return {
    db,
    url,
    revive: reviver.ring,
    close: async () => {
      await reviver.stop();
      await db.close();
      await embedded?.stop();
    },
  };
}

async function prepare(url: string, log: Logger): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      `The database cannot be reached: ${reason}`,
      'Check DATABASE_URL and that the server is running.',
      { cause },
    );
  }
  try {
    await refuseUnsafeServer(client);
    for (const name of await migrate(client, MIGRATIONS)) log.info({ migration: name }, 'migration applied');
    const hold = await readHold(client);
    if (hold)
      log.warn({ ...hold }, 'restored from a backup: what may have been said before is held (db:restore -- --release)');
  } finally {
    await client.end();
  }
}
