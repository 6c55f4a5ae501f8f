// Files of erased people: the rows say which must go; they stay until the file surely is gone.
import { readdir, rm } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { HOUR_MS } from '../clock.ts';
import type { Database } from '../database.ts';

type Deps = { db: Database; dataDir: string };

/** A download that was under way when its row was erased ends within this. */
const LONGEST_DOWNLOAD_MS = HOUR_MS;
const AT_ONCE = 500;

/** Removes the files of media rows that are being erased, and forgets the rows; answers how many rows went. */
export async function removeErasedMedia({ db, dataDir }: Deps, now: Date): Promise<number> {
  const { rows } = await db.pool.query<{ id: string; path: string | null; created_at: Date; next_attempt_at: Date }>(
    `SELECT id, path, created_at, next_attempt_at FROM media WHERE status = 'erasing' ORDER BY id LIMIT ${AT_ONCE}`,
  );
  const gone: string[] = [];
  for (const row of rows) {
    await removeMedia(join(dataDir, 'media'), row);
    const isSettled = row.path !== null || row.next_attempt_at.getTime() + LONGEST_DOWNLOAD_MS <= now.getTime();
    if (isSettled) gone.push(row.id);
  }
  await db.durably('forget-erased-media', () => db.pool.query('DELETE FROM media WHERE id = ANY($1::uuid[])', [gone]));
  return gone.length;
}

/** Without a path a download may still be putting it there: it would lie in the month's folder under the row's id. */
async function removeMedia(
  mediaDir: string,
  { id, path, created_at }: { id: string; path: string | null; created_at: Date },
): Promise<void> {
  if (path !== null) return await removeInside(mediaDir, path);
  const month = created_at.toISOString().slice(0, 7);
  const names = await readdir(join(mediaDir, month)).catch(() => []);
  for (const name of names) {
    if (basename(name).startsWith(`${id}.`)) await removeInside(mediaDir, join(month, name));
  }
}

/** Import files whose rows were about these customers, as paths below DATA_DIR/imports. */
export async function removeImportFiles(dataDir: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await removeInside(join(dataDir, 'imports'), path);
}

/** Never outside the folder, whatever a row says. Throws what the disk throws, except "not there". */
async function removeInside(folder: string, path: string): Promise<void> {
  const full = join(folder, path);
  if (path !== '' && full.startsWith(folder + sep)) await rm(full, { force: true });
}

/** Files of imports that ended before `before`; their rows stay. */
export async function removeOldImportFiles({ db, dataDir }: Deps, before: Date): Promise<void> {
  const { rows } = await db.pool.query<{ id: string; path: string }>(
    `SELECT id, path FROM imports WHERE path <> '' AND finished_at < $1 LIMIT ${AT_ONCE}`,
    [before],
  );
  await removeImportFiles(
    dataDir,
    rows.map(({ path }) => path),
  );
  const ids = rows.map(({ id }) => id);
  await db.durably('forget-old-imports', () =>
    db.pool.query(`UPDATE imports SET path = '' WHERE id = ANY($1::uuid[])`, [ids]),
  );
}
