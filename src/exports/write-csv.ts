// Tables as CSV that Excel opens with its dấu: UTF-8 with a mark, CRLF, every text in quotes. Page by page, so that memory
// stays flat and nothing of the database is held while somebody downloads slowly.
import { stringify } from 'csv-stringify/sync';
import { type Cell, safeCell } from './safe-cell.ts';

export type TableRow = {
  /** Where the next page goes on. */
  place: string;
  cells: Cell[];
};

export type Table = {
  headings: readonly string[];
  /** Rows behind `place`, in order; null = from the beginning. Fewer than `limit` = there are no more. */
  readPage(place: string | null, limit: number): Promise<TableRow[]>;
};

/** Few enough that nobody's message waits for one to be written. */
export const ROWS_PER_PAGE = 500;
const BYTE_ORDER_MARK = '\uFEFF';

/** The file in pieces, one for each page. */
export async function* writeCsv({ headings, readPage }: Table): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + linesOf([[...headings]]);
  let place: string | null = null;
  for (;;) {
    const rows: TableRow[] = await readPage(place, ROWS_PER_PAGE);
    if (rows.length > 0) yield linesOf(rows.map(({ cells }) => cells));
    if (rows.length < ROWS_PER_PAGE) return;
    place = rows.at(-1)?.place ?? null;
  }
}

function linesOf(rows: Cell[][]): string {
  return stringify(
    rows.map((cells) => cells.map(safeCell)),
    { record_delimiter: 'windows', quoted_string: true },
  );
}
