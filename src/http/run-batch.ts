// The items of a batch, one after another in one transaction: what is wrong with one is rolled back and named, the rest stays.
import pg from 'pg';
import type { z } from 'zod';
import { HttpError } from '../errors.ts';
import type { BatchAnswer, BatchBody, BatchResult, Saved } from './batch-schema.ts';
import { explainZodError } from './explain-issues.ts';

export type BatchWork<T> = {
  item: z.ZodType<T>;
  /** Items are worked in this order: two batches that name the same things do not wait for each other crosswise. */
  nameOf: (item: T) => string;
  save: (item: T) => Promise<Saved>;
};

/** Throws only for what concerns the whole: a lost connection, a lock that could not be had. */
export async function runBatch<T>(client: pg.ClientBase, body: BatchBody, work: BatchWork<T>): Promise<BatchAnswer> {
  const read = (Array.isArray(body) ? body : body.items).map((raw, index) => readItem(work.item, raw, index));
  const good = read.flatMap((one) => ('item' in one ? [{ ...one, name: work.nameOf(one.item) }] : []));
  const results = new Map(read.flatMap((one) => ('item' in one ? [] : [[one.index, one] as const])));
  // Stable: what is named twice is worked in the order sent.
  good.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const { item, index } of good) results.set(index, await saveItem(client, index, () => work.save(item)));
  return summary(read.map(({ index }) => results.get(index) ?? lost(index)));
}

export function readItem<T>(
  schema: z.ZodType<T>,
  raw: unknown,
  index: number,
): { index: number; item: T } | BatchResult {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { index, item: parsed.data };
  const details = explainZodError(parsed.error);
  const message = details.map((one) => `${one.path || 'item'}: ${one.message}`).join('; ');
  return { index, status: 'error', error: { code: 'invalid_item', message, details } };
}

async function saveItem(client: pg.ClientBase, index: number, save: () => Promise<Saved>): Promise<BatchResult> {
  await client.query('SAVEPOINT item');
  try {
    const status = await save();
    await client.query('RELEASE SAVEPOINT item');
    return { index, status };
  } catch (error) {
    const told = errorOfItem(error);
    if (told === null) throw error;
    await client.query('ROLLBACK TO SAVEPOINT item; RELEASE SAVEPOINT item');
    return { index, status: 'error', error: told };
  }
}

/** null for what is not the item's fault. Of PostgreSQL's errors only those about the data sent are. */
function errorOfItem(error: unknown): BatchResult['error'] | null {
  if (error instanceof HttpError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.details === undefined ? {} : { details: error.details }),
    };
  }
  if (!(error instanceof pg.DatabaseError) || !/^22/.test(error.code ?? '')) return null;
  return { code: 'not_storable', message: 'Holds a character or a number that cannot be stored.' };
}

function summary(results: BatchResult[]): BatchAnswer {
  const count = (status: BatchResult['status']) => results.filter((result) => result.status === status).length;
  return {
    created: count('created'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    errors: count('error'),
    results,
  };
}

function lost(index: number): never {
  throw new Error(`Item ${index} of a batch was forgotten.`);
}
