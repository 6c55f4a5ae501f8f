// A batch of what other systems report (usage, events): good items are kept by one statement, bad ones are named.

import type { z } from 'zod';
import { type Clock, MINUTE_MS } from '../clock.ts';
import type { BatchBody, ReportAnswer, ReportResult } from '../http/batch-schema.ts';
import { readMoment } from '../http/read-moment.ts';
import { readItem } from '../http/run-batch.ts';

export type ReportDeps = { clock: Clock; timeZone: string };
/** One good item; `at` is when it happened, now where the item does not say. */
export type Report<T> = { index: number; item: T; at: Date };
/** How the statement answers for the item with index `n`. */
export type KeptReport = { n: number; is_known: boolean; is_fresh: boolean };

/** Clocks differ a little; a value from the future would hide all that come after it. */
const CLOCK_DIFFERENCE_MS = 5 * MINUTE_MS;

/** `keep` stores the good items, if any, and answers for each of them. Never throws for what an item holds. */
export async function takeReports<T extends { customer: string; at?: string | undefined }>(
  { clock, timeZone }: ReportDeps,
  schema: z.ZodType<T>,
  body: BatchBody,
  keep: (reports: Report<T>[], now: Date) => Promise<KeptReport[]>,
): Promise<ReportAnswer> {
  const now = clock.now();
  const raws = Array.isArray(body) ? body : body.items;
  const read = raws.map((raw, index) => readReport({ schema, timeZone, now }, raw, index));
  const good = read.filter((one): one is Report<T> => 'item' in one);
  const kept = new Map((good.length === 0 ? [] : await keep(good, now)).map((row) => [row.n, row]));
  const results = read.map((one) => ('item' in one ? resultOf(one, kept.get(one.index)) : one));
  const count = (status: ReportResult['status']) => results.filter((result) => result.status === status).length;
  return { accepted: count('accepted'), duplicates: count('duplicate'), errors: count('error'), results };
}

function readReport<T extends { at?: string | undefined }>(
  { schema, timeZone, now }: { schema: z.ZodType<T>; timeZone: string; now: Date },
  raw: unknown,
  index: number,
): Report<T> | ReportResult {
  const read = readItem(schema, raw, index);
  if (!('item' in read)) return { ...read, status: 'error' };
  const at = read.item.at === undefined ? now : readMoment(read.item.at, timeZone);
  if (at.getTime() > now.getTime() + CLOCK_DIFFERENCE_MS) {
    return { index, status: 'error', error: { code: 'at_in_future', message: 'at: lies in the future.' } };
  }
  return { ...read, at };
}

function resultOf<T extends { customer: string }>({ index, item }: Report<T>, kept?: KeptReport): ReportResult {
  if (kept === undefined) throw new Error(`The database did not answer for item ${index}.`);
  if (kept.is_known) return { index, status: kept.is_fresh ? 'accepted' : 'duplicate' };
  const message = `customer: there is no customer "${item.customer}".`;
  return { index, status: 'error', error: { code: 'unknown_customer', message } };
}
