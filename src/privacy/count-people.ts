// How many people are kept, and the numbers of the law at which exemptions of small businesses end: told a while before,
// so that there is time to prepare.

import type pg from 'pg';
import type { Logger } from 'pino';

export type ManyPeople = {
  /** From here on somebody should prepare. */
  soon: number;
  /** From here on the exemptions are gone. */
  many: number;
};

/** PDPL 91/2025, Art. 38 (checked 2026-11, not legal advice). */
export const lawfulPeople: ManyPeople = { soon: 80_000, many: 100_000 };

const number = new Intl.NumberFormat('vi-VN');

/** null below both numbers; else what to do, for those who run the business. */
export function warningFor(count: number, { soon, many }: ManyPeople = lawfulPeople): string | null {
  if (count >= many) {
    return `Từ ${number.format(many)} người: không còn được miễn như doanh nghiệp nhỏ (PDPL 91/2025, Điều 38).`;
  }
  return count >= soon
    ? `Từ ${number.format(soon)} người: sắp đến mức ${number.format(many)}, hãy chuẩn bị hồ sơ đánh giá tác động.`
    : null;
}

/** Distinct people; those who were erased are nobody. */
export async function countPeople(client: pg.ClientBase | pg.Pool): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM customers WHERE NOT 'erased' = ANY(tags)`,
  );
  return Number(rows[0]?.count ?? 0);
}

/** One line in the log while there are that many. */
export async function warnOfManyPeople(
  { log, peopleWarnings }: { log: Pick<Logger, 'warn'>; peopleWarnings?: ManyPeople },
  pool: pg.Pool,
): Promise<void> {
  const count = await countPeople(pool);
  const warning = warningFor(count, peopleWarnings);
  if (warning !== null) log.warn({ people: count }, `so many people are kept that the law asks for more: ${warning}`);
}
