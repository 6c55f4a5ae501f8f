// npm run db:restore -- <file> [--replace] [--other-key]: the database and its files as they were when the backup was
// taken. What may have been said since is held; npm run db:restore -- --release ends that.
import { resolve } from 'node:path';
import pg from 'pg';
import { keyIdOf } from '../src/channels/zalo/token-crypto.ts';
import { systemClock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import { StartError } from '../src/errors.ts';
import { createIdMaker } from '../src/ids.ts';
import { type ArchiveHead, checkArchive } from '../src/postgres/archive-lines.ts';
import { readHold, releaseHold } from '../src/postgres/held-after-restore.ts';
import { MIGRATIONS, type PreparedDatabase } from '../src/postgres/open-prepared-database.ts';
import { firstFilledTable, refuseNewer, restoreDatabase } from '../src/postgres/restore-database.ts';
import { stageFiles } from '../src/postgres/restore-files.ts';
import { applyErasures } from '../src/privacy/keep-erasures.ts';
import { loadSecretKey } from '../src/secrets.ts';
import { withDatabase } from './open-database.ts';

const wishes = new Set(process.argv.slice(2).filter((word) => word.startsWith('--')));
const [file] = process.argv.slice(2).filter((word) => !word.startsWith('--'));

const usage = {
  call: 'npm run db:restore -- <file> [--replace] [--other-key], or npm run db:restore -- --release',
  options: ['--release', '--replace', '--other-key'],
  names: 1,
};

await withDatabase(usage, async (database, config) => {
  if (wishes.has('--release')) return await release(database);
  if (file === undefined) throw new StartError('Which backup?', 'npm run db:restore -- <file>');
  await restore(database, config, resolve(file));
});

async function release({ db }: PreparedDatabase): Promise<void> {
  const hold = await readHold(db.pool);
  if (hold === null) return console.log('Nothing is held.');
  await releaseHold(db.pool);
  console.log(`Released: what was caused before ${hold.restoredAt.toISOString()} leaves as any other from now on.`);
  console.log('What was held so far and could not be settled is parked in the web app, for a person to decide.');
}

async function restore({ db, url }: PreparedDatabase, config: Config, path: string): Promise<void> {
  const { dataDir } = config;
  const secretKey = await loadSecretKey(config.secretKey, dataDir);
  const head = await checkArchive(path);
  await refuseNewer(head, MIGRATIONS);
  refuseOtherKey(head, secretKey);
  const client = new pg.Client({ connectionString: url, application_name: 'ganbo restore' });
  await client.connect();
  const files = await stageFiles(dataDir);
  try {
    await refuseToOverwrite(client);
    const now = systemClock.now();
    const done = await restoreDatabase({ client, directory: MIGRATIONS, path, head, now, onFile: files.take });
    await files.putInPlace();
    const deps = { db, clock: systemClock, newId: createIdMaker(systemClock), secretKey, dataDir };
    const erased = await applyErasures(deps);
    report(head, { ...done, erased });
  } finally {
    await files.drop();
    await client.end();
  }
}

function refuseOtherKey(head: ArchiveHead, secretKey: Buffer): void {
  if (head.keyId === keyIdOf(secretKey) || wishes.has('--other-key')) return;
  throw new StartError(
    'The backup was made with another SECRET_KEY: with this one tokens, keys and second factors in it cannot be read.',
    'Set the SECRET_KEY (or put back DATA_DIR/secret.key) of that time; or add --other-key and connect channels and sign-ins anew.',
  );
}

async function refuseToOverwrite(client: pg.Client): Promise<void> {
  // Its connections are kept open; ours have another name, or are closed by now.
  const others = await client.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ganbo'`,
  );
  if (others.rowCount)
    throw new StartError('The program is running on this database.', 'Stop every process of it first.');
  const filled = await firstFilledTable(client);
  if (filled === null || wishes.has('--replace')) return;
  throw new StartError(
    `The database is not empty (${filled}): what is in it would be lost.`,
    'Back it up (npm run db:backup), then add --replace.',
  );
}

type Report = { rows: number; messages: number; steps: number; erased: number };

function report(head: ArchiveHead, { rows, messages, steps, erased }: Report): void {
  console.log(`Restored ${rows} rows as of ${head.takenAt.toISOString()}.`);
  console.log(`Held: ${messages} messages that may have been sent since; ${steps} due steps are not done again.`);
  if (erased > 0) console.log(`${erased} people who were erased since the backup have been erased again.`);
  console.log('What still comes from before this moment is held as well: the channel tells, or a person decides.');
  console.log('If Zalo renewed its tokens since, /readyz will ask to connect the OA anew.');
  console.log('When all is looked through: npm run db:restore -- --release');
}
