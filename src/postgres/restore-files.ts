// The files of a backup wait beside DATA_DIR's own until the database is restored, and are put in place then.
import { appendFile, cp, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartError } from '../errors.ts';
import { ERASED_LIST, KEPT_FOLDERS } from './backup-database.ts';

export type StagedFiles = {
  take(line: { path: string; isFirst: boolean; data: string }): Promise<void>;
  putInPlace(): Promise<void>;
  drop(): Promise<void>;
};

export async function stageFiles(dataDir: string): Promise<StagedFiles> {
  const stage = join(dataDir, 'restore.part');
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true, mode: 0o700 });
  return {
    take: async ({ path, isFirst, data }) => {
      refuseStrangePath(path);
      const target = join(stage, path);
      if (isFirst) await mkdir(dirname(target), { recursive: true });
      await appendFile(target, Buffer.from(data, 'base64'), { mode: 0o600 });
    },
    putInPlace: async () => {
      await joinErased(join(stage, ERASED_LIST), join(dataDir, ERASED_LIST));
      for (const folder of KEPT_FOLDERS) {
        const from = join(stage, folder);
        await cp(from, join(dataDir, folder), { recursive: true }).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
      }
    },
    drop: () => rm(stage, { recursive: true, force: true }),
  };
}

/** Whoever wrote the backup must not write elsewhere. */
function refuseStrangePath(path: string): void {
  const parts = path.split('/');
  const isKept = path === ERASED_LIST || KEPT_FOLDERS.some((folder) => parts.length > 1 && parts[0] === folder);
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part));
  if (isKept && isPlain) return;
  throw new StartError(`The backup holds a file with a strange name (${path}).`, 'It was not made by this program.');
}

/** Whoever was erased stays erased, whichever of the two lists knows it. */
async function joinErased(from: string, to: string): Promise<void> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const here = new Set((await read(to)).split('\n'));
  const missing = (await read(from)).split('\n').filter((line) => line !== '' && !here.has(line));
  if (missing.length > 0) await appendFile(to, `${missing.join('\n')}\n`, { mode: 0o600 });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
