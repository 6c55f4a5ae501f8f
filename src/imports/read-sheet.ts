// The rows of one sheet, in pieces: what stands in a piece is handed on before the next one is read.
import { readXml, type XmlHandlers } from './read-xml.ts';
import { TableError } from './table-row.ts';
import { LONGEST_TEXT, MOST_COLUMNS, MOST_ROWS, TOO_LONG, TOO_WIDE } from './xlsx-limits.ts';

/** A cell as it is written: what it means depends on texts and styles that stand elsewhere. */
export type RawCell = { place: number; type: string; style: number; text: string };
export type RawRow = { line: number; cells: RawCell[] };

export async function* readSheet(pieces: AsyncIterable<Buffer>): AsyncGenerator<RawRow> {
  let rows: RawRow[] = [];
  const handlers = rowHandlers((row) => rows.push(row));
  for await (const _ of readXml(pieces, handlers)) {
    const ready = rows;
    rows = [];
    yield* ready;
  }
}

/** Parts of a cell whose text counts: its value, or the text that stands in it. */
const VALUES = new Set(['v', 't']);

function rowHandlers(take: (row: RawRow) => void): XmlHandlers {
  let row: RawRow = { line: 0, cells: [] };
  let cell: RawCell | null = null;
  let inside = '';
  let [line, places, count, isPhonetic] = [0, 0, 0, false];
  return {
    open: (name, attributes) => {
      inside = name;
      if (name === 'rPh') isPhonetic = true;
      if (name === 'row') {
        line = attributes.r === undefined ? line + 1 : Number(attributes.r);
        count += 1;
        if (!(line >= 1 && line <= MOST_ROWS && count <= MOST_ROWS))
          throw new TableError(`Tệp có quá ${MOST_ROWS} dòng. Chia nhỏ tệp.`);
        row = { line, cells: [] };
        places = 0;
      } else if (name === 'c') {
        const place = attributes.r === undefined ? places : placeOf(attributes.r);
        if (place >= MOST_COLUMNS || row.cells.length >= MOST_COLUMNS) throw new TableError(TOO_WIDE, line);
        places = place + 1;
        cell = { place, type: attributes.t ?? 'n', style: Number(attributes.s ?? -1), text: '' };
      }
    },
    text: (text) => {
      if (!cell || isPhonetic || !VALUES.has(inside)) return;
      cell.text += text;
      if (cell.text.length > 2 * LONGEST_TEXT) throw new TableError(TOO_LONG, line);
    },
    close: (name) => {
      inside = '';
      if (name === 'rPh') isPhonetic = false;
      if (name === 'c' && cell) {
        if (cell.text !== '') row.cells.push(cell);
        cell = null;
      }
      if (name === 'row') take(row);
    },
  };
}

/** "AB12" → 27. */
function placeOf(name: string): number {
  let place = 0;
  for (let at = 0; at < name.length; at += 1) {
    const letter = (name.charCodeAt(at) | 32) - 96;
    if (letter < 1 || letter > 26) break;
    place = place * 26 + letter;
    if (place > MOST_COLUMNS) return place;
  }
  return place - 1;
}
