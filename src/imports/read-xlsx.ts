// XLSX row by row: a zip of XML, read where it lies, piece by piece, so that memory does not grow with it and a small file
// cannot fill it. Formulas are not computed: what Excel computed last is what counts.
import { keepTexts, plainText, type Texts } from './keep-texts.ts';
import { type OpenZip, openZip } from './open-zip.ts';
import { type RawCell, readSheet } from './read-sheet.ts';
import { readWorkbook, type Workbook } from './read-workbook.ts';
import { type Cell, TableError, type TableRow } from './table-row.ts';
import { BROKEN, mostBytes } from './xlsx-limits.ts';

export async function* readXlsx(path: string, sheet: string | null): AsyncGenerator<TableRow> {
  const zip = await openZip(path);
  let texts: Texts | null = null;
  try {
    const book = await readWorkbook(zip);
    const found = sheet === null ? book.sheets[0] : book.sheets.find(({ name }) => name === sheet);
    if (!found) return;
    texts = await openTexts(zip, book, path);
    for await (const { line, cells } of readSheet(zip.read(entryOf(zip, found.path), mostBytes.sheet))) {
      const values: Cell[] = [];
      for (const cell of cells) {
        const value = meaningOf(cell, book, texts);
        values[cell.place] = value instanceof Promise ? await value : value;
      }
      yield { line, cells: Array.from(values, (value) => value ?? null) };
    }
  } catch (error) {
    throw explain(error);
  } finally {
    await texts?.close();
    await zip.close();
  }
}

function entryOf(zip: OpenZip, path: string) {
  const entry = zip.entries.get(path);
  if (!entry) throw new TableError(BROKEN);
  return entry;
}

async function openTexts(zip: OpenZip, { texts }: Workbook, path: string): Promise<Texts | null> {
  const entry = texts === null ? undefined : zip.entries.get(texts);
  return entry === undefined ? null : await keepTexts(zip.read(entry, mostBytes.texts), path);
}

function meaningOf({ type, style, text }: RawCell, book: Workbook, texts: Texts | null): Cell | Promise<string> {
  switch (type) {
    case 's':
      if (!texts) throw new TableError(BROKEN);
      return texts.at(Number(text));
    case 'b':
      return text === '1' || text.toLowerCase() === 'true';
    case 'n': {
      const number = Number(text);
      if (Number.isNaN(number)) return text;
      return book.isDateStyle[style] === true ? dateOf(number, book.countsFrom1904) : number;
    }
    default:
      // Text, the text of a formula, an error (#N/A), a date as ISO writes it.
      return plainText(text);
  }
}

const DAY_MS = 86_400_000;
const DAYS_TO_1904 = 1_462;
/** Excel's 29 February 1900 never was. */
const LEAP_DAY = 60;

function dateOf(days: number, countsFrom1904: boolean): Cell {
  const counted = countsFrom1904 ? days + DAYS_TO_1904 : days;
  const date = new Date(Date.UTC(1899, 11, counted < LEAP_DAY ? 31 : 30) + Math.round(counted * DAY_MS));
  return Number.isNaN(date.getTime()) ? days : date;
}

/** What the file is guilty of is told; what the disk is guilty of stays what it is. */
function explain(error: unknown): unknown {
  if (error instanceof TableError) return error;
  const isOfDisk = error instanceof Error && 'syscall' in error;
  return isOfDisk ? error : new TableError(BROKEN);
}
