// The ledger lies in months (of UTC): which there are, and the names they have. What belongs to none lies in
// touchpoints_default; what was there before months were lies in touchpoints_before.
import type pg from 'pg';

/** `from` null = since ever; both null = the part for what belongs to no other. */
export type LedgerPart = { name: string; from: Date | null; upto: Date | null };
export type LedgerMonth = { name: string; from: Date; upto: Date };

const PARTS = `
SELECT p.name, (regexp_match(p.bound, 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz AS from,
  (regexp_match(p.bound, 'TO \\(''([^'']+)''\\)'))[1]::timestamptz AS upto
FROM (SELECT c.relname::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'touchpoints'::regclass) p
ORDER BY p.name`;

export async function readParts(client: pg.ClientBase | pg.Pool): Promise<LedgerPart[]> {
  return (await client.query<LedgerPart>(PARTS)).rows;
}

/** The month that `at` is in, or one so many months later. */
export function monthOf(at: Date, later = 0): LedgerMonth {
  const from = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later, 1));
  const upto = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later + 1, 1));
  const [year, month] = from.toISOString().split('-');
  return { name: `touchpoints_${year}_${month}`, from, upto };
}

/** Whether lines of this month have a place already. */
export function isCovered(month: LedgerMonth, parts: readonly LedgerPart[]): boolean {
  return parts.some(({ from, upto }) => upto !== null && upto > month.from && (from === null || from < month.upto));
}

/** One process at a time changes what the ledger consists of; ends with the transaction. */
export const LOCK_MONTHS = `SELECT pg_advisory_xact_lock(hashtext('ganbo:ledger-months'))`;

/** Messages must not wait longer than this behind a change of months; the next round tries again. */
export const WAIT_SHORTLY = `SET LOCAL lock_timeout = '500ms'`;

/** Whether a change of months gave up for this time because the ledger was in use. */
export function wasBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01');
}
