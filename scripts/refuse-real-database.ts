// The guard before every script that invents or destroys data: it works on a sandbox's database and on no other.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { systemClock } from '../src/clock.ts';
import { StartError } from '../src/errors.ts';
import { loadState } from '../src/sandbox/keep-state.ts';
import type { SandboxState } from '../src/sandbox/sandbox-schema.ts';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]', '::1'];

/** Where the sandbox of this DATA_DIR keeps its people. */
export function sandboxStatePath(dataDir: string): string {
  return join(dataDir, 'sandbox.json');
}

export function readSandboxState(dataDir: string): SandboxState {
  return loadState({ clock: systemClock, random: randomBytes }, sandboxStatePath(dataDir), {});
}

/** Throws StartError unless the server is this machine's; asked before anything is opened. `null` = the embedded one. */
export function refuseRemoteDatabase({ databaseUrl }: { databaseUrl: string | null }): void {
  const hostname = databaseUrl === null ? 'localhost' : new URL(databaseUrl).hostname;
  if (LOOPBACK.includes(hostname)) return;
  throw new StartError(`The database is on another machine (${hostname}).`, 'This works on the local machine only.');
}

/** Throws StartError unless only the sandbox's accounts were served here and nobody works on it now. */
export async function refuseRealDatabase(pool: pg.Pool, dataDir: string): Promise<void> {
  const { credentials } = readSandboxState(dataDir);
  const real = await pool.query<{ channel: string; account_id: string }>(
    'SELECT DISTINCT channel, account_id FROM channel_identities WHERE account_id <> ALL($1)',
    [[credentials.zaloOaId, credentials.messengerPageId]],
  );
  const [first] = real.rows;
  if (first) {
    const cure = 'This works on a database that has only met the sandbox. Use another DATA_DIR or DATABASE_URL.';
    throw new StartError(`People of a real account (${first.channel} ${first.account_id}) are in this database.`, cure);
  }
  // Scripts ask one thing after the other, so the pool itself has one connection.
  const others = await pool.query(
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'ganbo' AND pid <> pg_backend_pid()`,
  );
  if (others.rowCount) throw new StartError('The program is running on this database.', 'Stop it first.');
}
