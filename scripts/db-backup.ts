// npm run db:backup [file]: everything as it is at this moment, while the program runs. Tables and the files beside them;
// not SECRET_KEY, which must be kept elsewhere.
import { access, constants, open, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { keyIdOf } from '../src/channels/zalo/token-crypto.ts';
import { systemClock } from '../src/clock.ts';
import { StartError } from '../src/errors.ts';
import { makeFolder } from '../src/make-folder.ts';
import { backupDatabase } from '../src/postgres/backup-database.ts';
import { loadSecretKey } from '../src/secrets.ts';
import { withDatabase } from './open-database.ts';

const MIB = 1024 * 1024;
/** How every zstd file begins. */
const ARCHIVE_SIGN = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

await withDatabase({ call: 'npm run db:backup [-- <file>]', names: 1 }, async ({ url }, { dataDir, secretKey }) => {
  const stamp = systemClock.now().toISOString().replace(/[:.]/g, '-');
  const path = resolve(process.argv[2] ?? join(dataDir, 'backups', `${stamp}.ganbo`));
  await refuseUnwritable(path);
  const key = await loadSecretKey(secretKey, dataDir);
  const client = new pg.Client({ connectionString: url, application_name: 'ganbo backup' });
  await client.connect();
  try {
    await backupDatabase({ client, dataDir, keyId: keyIdOf(key) }, path);
  } finally {
    await client.end();
  }
  const { size } = await stat(path);
  console.log(`${path} (${(size / MIB).toFixed(1)} MB) holds everything but the key that opens what is sealed.`);
  const where = secretKey === null ? join(dataDir, 'secret.key') : 'SECRET_KEY of the environment';
  console.log(`Keep ${where} as well, in another place. To restore: npm run db:restore -- ${path}`);
});

/** An earlier backup may be replaced by a newer one, anything else may not. */
async function isArchive(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null);
  const { buffer } = (await file?.read(Buffer.alloc(4), 0, 4)) ?? { buffer: Buffer.alloc(0) };
  await file?.close();
  return buffer.equals(ARCHIVE_SIGN);
}

async function refuseUnwritable(path: string): Promise<void> {
  const cure = 'Name a file in a folder that may be written: npm run db:backup -- <file>';
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new StartError(`${path} is a folder.`, cure);
  if (found !== null && found.size > 0 && !(await isArchive(path)))
    throw new StartError(`${path} is there already and no backup: what is in it would be lost.`, cure);
  const refuse = (cause: unknown) => {
    throw new StartError(`The backup cannot be written to ${path}.`, cure, { cause });
  };
  await makeFolder(dirname(path)).catch(refuse);
  await access(dirname(path), constants.W_OK).catch(refuse);
}
