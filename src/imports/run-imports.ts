// Works imports one after another: reads the whole file once before it changes anything, then batch by batch. Any number
// of processes may ring this; who holds the lock of an import works it, and when that process dies another goes on where
// it stood.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { isConnectionLost } from '../database.ts';
import { createRound, type Round } from '../round.ts';
import { type ApplyDeps, applyBatch } from './apply-batch.ts';
import { createRowReader } from './build-row.ts';
import { endImport, findImport, findWaitingImports, type StoredImport, setTotal } from './import-rows.ts';
import { readTable } from './table-file.ts';
import { TableError, type TableRow } from './table-row.ts';
import { undoSome } from './undo-import.ts';

export type ImportRunnerDeps = ApplyDeps & {
  log: Pick<Logger, 'warn' | 'info'>;
  /** DATA_DIR/imports. */
  importsDir: string;
  rowsAtOnce?: number;
};

const ROWS_AT_ONCE = 500;

type Run = ImportRunnerDeps & { isStopped: () => boolean };

export function createImportRunner(deps: ImportRunnerDeps): Round {
  let isStopped = false;
  const run = { ...deps, isStopped: () => isStopped };
  const round = createRound(
    () => workSome(run),
    (error) => deps.log.warn({ err: error }, 'a round of imports failed'),
  );
  return {
    ...round,
    stop: () => {
      isStopped = true;
      return round.stop();
    },
  };
}

async function workSome(run: Run): Promise<boolean> {
  for (const id of await findWaitingImports(run.db.pool)) {
    if (run.isStopped()) return false;
    if (await holding(run, id, () => workOne(run, id))) return true;
  }
  return false;
}

/** The lock belongs to a connection: it is gone the moment its process is. False when another process holds it. */
async function holding(run: Run, id: string, work: () => Promise<void>): Promise<boolean> {
  const client = await run.db.pool.connect();
  let isBroken = true;
  try {
    const { rows } = await client.query<{ isMine: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended('import:' || $1, 0)) AS "isMine"`,
      [id],
    );
    const isMine = rows[0]?.isMine === true;
    if (isMine) {
      await work();
      await client.query(`SELECT pg_advisory_unlock(hashtextextended('import:' || $1, 0))`, [id]);
    }
    isBroken = false;
    return isMine;
  } finally {
    // A connection that may still hold the lock is not lent again.
    client.release(isBroken);
  }
}

async function workOne(run: Run, id: string): Promise<void> {
  const work = await findImport(run.db.pool, id);
  if (!work) return;
  try {
    if (work.status === 'undoing') await undoAll(run, id);
    else await readAll(run, work);
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    await fail(run, work, error);
  }
}

async function undoAll(run: Run, id: string): Promise<void> {
  while (!run.isStopped() && (await undoSome(run, id)));
}

async function readAll(run: Run, work: StoredImport): Promise<void> {
  const path = join(run.importsDir, work.path);
  if (work.status === 'queued') {
    const total = await countRows(run, path, work.plan.sheet);
    if (total === null) return;
    await run.db.durably('begin-import', () => setTotal(run.db.pool, work.id, work.plan, total));
  }
  if (!(await applyAll(run, work, path))) return;
  const isEnd = await run.db.durably('end-import', () =>
    endImport(run.db.pool, work.id, { status: 'done', reason: null, now: run.clock.now() }),
  );
  if (isEnd && !work.isDryRun) await forgetFile(run, work);
}

/** A file that cannot be read to its end changes nothing. null = stopped meanwhile. */
async function countRows(run: Run, path: string, sheet: string | null): Promise<number | null> {
  let count = -1;
  for await (const _ of readTable(path, sheet)) {
    count += 1;
    if (count % ROWS_AT_ONCE === 0 && run.isStopped()) return null;
  }
  return count;
}

/** True when the end of the file was reached by this process. */
async function applyAll(run: Run, work: StoredImport, path: string): Promise<boolean> {
  const read = createRowReader(work.kind, work.plan.columns, run.timeZone);
  const atOnce = run.rowsAtOnce ?? ROWS_AT_ONCE;
  let done = work.rowsRead;
  for await (const rows of batchesOf(readTable(path, work.plan.sheet), done, atOnce)) {
    if (run.isStopped()) return false;
    const good = await applyBatch(run, work, rows.map(read), done);
    if (!good) return false;
    done += rows.length;
  }
  return true;
}

/** Without the heading and the rows that were done before. */
async function* batchesOf(rows: AsyncGenerator<TableRow>, done: number, atOnce: number): AsyncGenerator<TableRow[]> {
  let skip = done + 1;
  let batch: TableRow[] = [];
  for await (const row of rows) {
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    batch.push(row);
    if (batch.length < atOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function fail(run: Run, work: StoredImport, error: unknown): Promise<void> {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const reason =
    error instanceof TableError
      ? error.message
      : isMissing
        ? 'Tệp không còn trong DATA_DIR/imports. Gửi lại tệp.'
        : 'Lỗi của chương trình, xem nhật ký. Các dòng đã nhập vẫn giữ; có thể hoàn tác.';
  run.log.warn({ err: error, importId: work.id }, 'an import failed');
  await run.db.durably('end-import', () =>
    endImport(run.db.pool, work.id, { status: 'failed', reason, now: run.clock.now() }),
  );
  if (error instanceof TableError) await forgetFile(run, work);
}

/** It holds people; what it brought is in the records. */
async function forgetFile(run: Run, { id, path }: StoredImport): Promise<void> {
  if (path === '') return;
  await rm(join(run.importsDir, path), { force: true });
  await run.db.durably('forget-import-file', () =>
    run.db.pool.query(`UPDATE imports SET path = '' WHERE id = $1`, [id]),
  );
}
