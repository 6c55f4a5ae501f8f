// For scripts that work on the database of this checkout: the same settings and the same start as the program's own.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { type Config, readConfig } from '../src/config.ts';
import { StartError } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { openPreparedDatabase, type PreparedDatabase } from '../src/postgres/open-prepared-database.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Opens and migrates it, hands it to `work`, closes it. What stands in the way is printed with its cure; exit code 1.
 * `before` may refuse (StartError) while nothing is touched yet.
 */
export async function withDatabase(
  work: (database: PreparedDatabase, config: Config) => Promise<void>,
  before: (config: Config) => void = () => undefined,
): Promise<void> {
  try {
    const config = await readSettings();
    before(config);
    const database = await openPreparedDatabase(config, createLog('warn'));
    try {
      await work(database, config);
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(`${error.message}\n→ ${error.cure}`);
    process.exitCode = 1;
  }
}

async function readSettings(): Promise<Config> {
  const file = await readFile(join(root, '.env'), 'utf8').catch(() => '');
  const result = readConfig({ ...parseEnv(file), ...process.env }, root);
  if (result.ok) return result.config;
  const list = result.mistakes.map(({ message, fix }) => `\n  - ${message} ${fix}`).join('');
  throw new StartError(`Settings are wrong:${list}`, 'Correct them in .env or in the environment.');
}
