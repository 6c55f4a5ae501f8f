// One batch of an import is one transaction: its records, what became of each line, and how far the import has got. A dry
// run does the same work and takes it back before it writes down what it saw.
import type pg from 'pg';
import type { Database } from '../database.ts';
import type { BadRow, GoodRow } from './build-row.ts';
import { isConflict } from './explain-refusal.ts';
import type { ImportKind } from './import-kinds.ts';
import { findImport, headingFinder, keepOutcomes, type RowOutcome, type StoredImport } from './import-rows.ts';
import { type SaveRowsDeps, saveRows } from './save-rows.ts';
import { differences, readStates, type StoredState } from './stored-states.ts';

export type ApplyDeps = SaveRowsDeps & { db: Database };

const MOST_TRIES = 6;

/**
 * False when the import is no longer at `from`: another process has gone on with it, or it was stopped. Who races with a
 * writer of the same records begins the batch again.
 */
export async function applyBatch(
  deps: ApplyDeps,
  work: StoredImport,
  rows: readonly (GoodRow | BadRow)[],
  from: number,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.db.queueTransaction('apply-import-batch', (client) =>
        applyOnce(deps, client, work, rows, from),
      );
    } catch (error) {
      if (attempt >= MOST_TRIES || !isConflict(error)) throw error;
    }
  }
}

async function applyOnce(
  deps: ApplyDeps,
  client: pg.PoolClient,
  work: StoredImport,
  rows: readonly (GoodRow | BadRow)[],
  from: number,
): Promise<boolean> {
  const stored = await findImport(client, work.id, { lock: true });
  if (stored?.status !== 'running' || stored.rowsRead !== from) return false;
  if (work.isDryRun) await client.query('SAVEPOINT dry_run');
  const outcomes: RowOutcome[] = [];
  for (const part of splitAtRepeats(rows)) outcomes.push(...(await applyPart(deps, client, work, part)));
  if (work.isDryRun) await client.query('ROLLBACK TO SAVEPOINT dry_run');
  await keepOutcomes(client, work.id, work.isDryRun ? outcomes.map(withoutStates) : outcomes);
  return true;
}

/** The same key twice is worked in the order of the file: the second sees what the first did. */
function splitAtRepeats(rows: readonly (GoodRow | BadRow)[]): (GoodRow | BadRow)[][] {
  const parts: (GoodRow | BadRow)[][] = [];
  let keys = new Set<string>();
  let part: (GoodRow | BadRow)[] = [];
  for (const row of rows) {
    if ('body' in row && keys.has(row.key)) {
      parts.push(part);
      part = [];
      keys = new Set();
    }
    if ('body' in row) keys.add(row.key);
    part.push(row);
  }
  return [...parts, part];
}

async function applyPart(
  deps: ApplyDeps,
  client: pg.PoolClient,
  { kind, plan }: StoredImport,
  rows: readonly (GoodRow | BadRow)[],
): Promise<RowOutcome[]> {
  const good = rows.filter((row) => 'body' in row);
  const keys = good.map(({ key }) => key);
  const before = await readStates(client, kind, keys);
  const mistakes = await saveRows(deps, client, kind, { rows: good, before, headingOf: headingFinder(plan) });
  const after = await readStates(client, kind, keys);
  return rows.map((row) => {
    if (!('body' in row)) return { line: row.line, key: row.key, result: 'wrong', errors: row.mistakes };
    const errors = mistakes.get(row.line);
    if (errors) return { line: row.line, key: row.key, result: 'wrong', errors };
    return outcomeOf(kind, row, before.get(row.key), after.get(row.key));
  });
}

function outcomeOf(
  kind: ImportKind,
  { line, key }: GoodRow,
  before: StoredState | undefined,
  after: StoredState | undefined,
): RowOutcome {
  if (!after) throw new Error(`Line ${line} was saved and is not there.`);
  if (!before) return { line, key, result: 'created', after: after.values };
  const changed = differences(before.values, after.values);
  if (changed.length === 0) return { line, key, result: 'unchanged' };
  const only = (values: StoredState['values']) => Object.fromEntries(changed.map((name) => [name, values[name]]));
  // Whose record it is stays beside what changed: erasing a customer finds it here.
  const customer = kind === 'customers' ? {} : { customer: after.values.customer };
  return { line, key, result: 'changed', before: only(before.values), after: { ...only(after.values), ...customer } };
}

/** Of a dry run nothing is to be undone, so no values of people are kept. */
function withoutStates({ line, key, result, errors }: RowOutcome): RowOutcome {
  return errors ? { line, key, result, errors } : { line, key, result };
}
