// Counts, for each statement of this process, how many rows of each table the server touched for it: what a plan that was
// made long ago costs now, which EXPLAIN does not tell.
import pg from 'pg';
import { z } from 'zod';
import { readAsked } from './asked-statement.ts';

/** `about`: the statement's name, or how it begins; `rows`: the most that one of its runs read of the table. */
export type Reads = { about: string; table: string; rows: number };

/** `asked`: all statements, also those that found nothing to read. */
export type ReadWatch = { seen(): Reads[]; asked: Set<string>; mistakes: string[]; stop(): void };

const COUNTS = `
SELECT relname AS "table", (seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 AS rows FROM pg_stat_xact_user_tables
WHERE seq_tup_read + coalesce(idx_tup_fetch, 0) > 0`;
const countsSchema = z.object({ rows: z.array(z.object({ table: z.string(), rows: z.number() })) });

export function watchReads(): ReadWatch {
  const most = new Map<string, Reads>();
  const asked = new Set<string>();
  const mistakes: string[] = [];
  const original = pg.Client.prototype.query;
  const count = async (client: object): Promise<Map<string, number>> => {
    const { rows } = countsSchema.parse(await Reflect.apply(original, client, [COUNTS]));
    return new Map(rows.map((row) => [row.table, row.rows]));
  };
  pg.Client.prototype.query = new Proxy(original, {
    apply(target, client: object, given: unknown[]) {
      const about = readAsked(given)?.about;
      if (about === undefined) return Reflect.apply(target, client, given);
      asked.add(about);
      // A connection asks one after the other: nothing of another statement comes between.
      const before = count(client);
      const answer = Reflect.apply(target, client, given);
      Promise.all([before, count(client)]).then(
        ([start, end]) => {
          for (const [table, rows] of end) {
            const read = { about, table, rows: rows - (start.get(table) ?? 0) };
            const key = `${about} ${table}`;
            if (read.rows > (most.get(key)?.rows ?? 0)) most.set(key, read);
          }
        },
        (error: unknown) => mistakes.push(`${about}: ${error instanceof Error ? error.message : String(error)}`),
      );
      return answer;
    },
  });
  return {
    seen: () => [...most.values()],
    asked,
    mistakes,
    stop: () => {
      pg.Client.prototype.query = original;
    },
  };
}
