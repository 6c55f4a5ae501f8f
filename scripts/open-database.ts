// For scripts that work on the database of this checkout: the same settings and the same start as the program's own.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { type Config, readConfig } from '../src/config.ts';
import { StartError } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { makeFolder } from '../src/make-folder.ts';
import { openPreparedDatabase, type PreparedDatabase } from '../src/postgres/open-prepared-database.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** How a command is called: what follows its name, and how many names may. */
export type Usage = { call: string; options?: readonly string[]; names?: number };

/**
 * Opens and migrates it, hands it to `work`, closes it. What stands in the way is printed with its cure; exit code 1.
 * A word that the command does not know stops it: who mistypes an option means something else than to go on without.
 * `before` may refuse (StartError) while nothing is touched yet.
 */
export async function withDatabase(
  usage: Usage,
  work: (database: PreparedDatabase, config: Config) => Promise<void>,
  before: (config: Config) => void = () => undefined,
): Promise<void> {
  try {
    refuseUnknownWords(usage, process.argv.slice(2));
    const config = await readSettings();
    before(config);
    await makeFolder(config.dataDir).catch(refuseFolder);
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

function refuseUnknownWords({ call, options = [], names = 0 }: Usage, words: readonly string[]): void {
  const given = words.filter((word) => !word.startsWith('-'));
  const unknown = words.find((word) => word.startsWith('-') && !options.includes(word)) ?? given[names];
  if (unknown !== undefined) throw new StartError(`"${unknown}" means nothing here.`, `Call: ${call}`);
}

function refuseFolder(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new StartError(`DATA_DIR is wrong: it cannot be used: ${reason}`, 'Set DATA_DIR to a folder it may write to.');
}

async function readSettings(): Promise<Config> {
  const file = await readFile(join(root, '.env'), 'utf8').catch(() => '');
  const result = readConfig({ ...parseEnv(file), ...process.env }, root);
  if (result.ok) return result.config;
  const list = result.mistakes.map(({ message, fix }) => `\n  - ${message}\n    ${fix}`).join('');
  throw new StartError(`Settings are wrong:${list}`, 'Correct them in .env or in the environment.');
}
