// Long lists come in pages: a cursor names the last row seen, so that new rows move nothing.
import { z } from 'zod';

const datetime = z.iso.datetime({ offset: true });
const uuid = z.guid();

/** A moment as a cursor holds it, from us or from PostgreSQL; only what PostgreSQL reads again. */
export function isMomentOfPlace(text: string): boolean {
  if (text === 'infinity') return true;
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  return datetime.safeParse(iso).success && !/^0000|[+-](1[5-9]|2\d):\d\d$/.test(iso);
}

/** An id of ours as a cursor holds it. */
export function isIdOfPlace(text: string): boolean {
  return uuid.safeParse(text).success;
}

/** For rows numbered by a growing id; newest first. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'How many at most, 1–200.' }),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'must be the nextCursor of an earlier answer')
    .optional()
    .meta({ description: 'The nextCursor of the page before.' }),
});

export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'null = this was the last page.' }),
  });
}

/** Expects one row more than `limit`, when there is one. */
export function toPage<T extends { id: string }>(rows: T[], limit: number): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
