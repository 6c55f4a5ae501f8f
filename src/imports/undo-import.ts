// Takes an import back: what it created is deleted where nothing else hangs on it, what it changed gets its old value
// unless somebody changed it since. Portions, the last line first; done twice it does nothing more.
import type pg from 'pg';
import type { ApplyDeps } from './apply-batch.ts';
import { isConflict } from './explain-refusal.ts';
import type { ImportKind } from './import-kinds.ts';
import { endImport, findImport, findUndoRows, keepUndone, type Undone, type UndoRow } from './import-rows.ts';
import { putBack } from './put-back.ts';
import { differences, readStates, type StoredState } from './stored-states.ts';
import { takeAway } from './take-away.ts';

const AT_ONCE = 200;
const MOST_TRIES = 6;

/** False when it is at its end. */
export async function undoSome(deps: ApplyDeps, id: string): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.db.transaction('undo-import', (client) => undoOnce(deps, client, id));
    } catch (error) {
      if (attempt >= MOST_TRIES || !isConflict(error)) throw error;
    }
  }
}

async function undoOnce(deps: ApplyDeps, client: pg.PoolClient, id: string): Promise<boolean> {
  const work = await findImport(client, id, { lock: true });
  if (work?.status !== 'undoing') return false;
  const rows = firstOfEach(await findUndoRows(client, id, AT_ONCE));
  if (rows.length === 0) {
    await endImport(client, id, { status: 'undone', reason: null, now: deps.clock.now() });
    return false;
  }
  const now = await readStates(
    client,
    work.kind,
    rows.map(({ key }) => key ?? ''),
  );
  const undone: Undone[] = [];
  for (const row of rows)
    undone.push(await undoRow(deps, client, { importId: id, kind: work.kind }, row, now.get(row.key)));
  await keepUndone(client, id, undone);
  return true;
}

/** A key that stands in it twice waits for the next portion: its state is read anew then. */
function firstOfEach(rows: readonly UndoRow[]): UndoRow[] {
  const seen = new Set<string>();
  return rows.filter(({ key }) => {
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
}

const GONE = 'Dữ liệu của dòng này không còn được giữ, nên không hoàn tác được.';
const CHANGED = 'Đã được sửa sau khi nhập, nên giữ nguyên.';

async function undoRow(
  deps: ApplyDeps,
  client: pg.PoolClient,
  work: { importId: string; kind: ImportKind },
  row: UndoRow,
  state: StoredState | undefined,
): Promise<Undone> {
  const kept = (message: string): Undone => ({ line: row.line, result: 'kept', errors: [{ column: null, message }] });
  if (row.key === null || row.after === null) return kept(GONE);
  if (!state) return { line: row.line, result: 'undone', errors: [] };
  if (row.result === 'changed') {
    const left = await putBack(deps, client, work.kind, { ...row, before: row.before ?? {}, after: row.after }, state);
    return left === null ? { line: row.line, result: 'undone', errors: [] } : kept(left);
  }
  const changed = differences(state.values, row.after);
  if (changed.length > 0) return kept(`${CHANGED} (${changed.join(', ')})`);
  const reason = await takeAway(deps, client, work, { key: row.key, id: state.id, values: state.values });
  return reason === null ? { line: row.line, result: 'undone', errors: [] } : kept(reason);
}
