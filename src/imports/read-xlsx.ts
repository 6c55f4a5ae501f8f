// XLSX row by row. The file is a zip of XML: what it says it will unpack to is asked first, so that a small file cannot
// fill the memory. Formulas are not computed: what Excel computed last is what counts.
import { readFile } from 'node:fs/promises';
import { readZipEntries } from './read-zip-entries.ts';
import { TableError, type TableRow } from './table-row.ts';

const MIB = 1024 * 1024;
const MOST_BYTES = 50 * MIB;
/** A sheet is read in pieces; everything else is held. */
const MOST_SHEET_BYTES = 1_024 * MIB;
const MOST_OTHER_BYTES = 96 * MIB;
const MOST_ENTRIES = 10_000;

export async function* readXlsx(path: string, sheet: string | null): AsyncGenerator<TableRow> {
  const bytes = await readFile(path);
  if (bytes.length > MOST_BYTES) {
    throw new TableError(`Tệp XLSX lớn quá ${MOST_BYTES / MIB} MB. Lưu thành "CSV UTF-8" hoặc chia nhỏ.`);
  }
  refuseBombs(bytes);
  const { streamXlsxRows } = await import('hucre/xlsx');
  try {
    for await (const row of streamXlsxRows(bytes, { sheet: sheet ?? 0 })) {
      yield { line: row.index + 1, cells: row.values.map(cellOf) };
    }
  } catch (error) {
    if (error instanceof TableError) throw error;
    throw new TableError(`Không đọc được tệp XLSX (${nameOf(error)}). Mở bằng Excel, lưu lại thành .xlsx rồi gửi lại.`);
  }
}

function refuseBombs(bytes: Buffer): void {
  const entries = readZipEntries(bytes);
  if (entries === null || entries.length > MOST_ENTRIES) {
    throw new TableError('Tệp XLSX bị hỏng. Mở bằng Excel, lưu lại thành .xlsx rồi gửi lại.');
  }
  for (const { name, packedBytes, unpackedBytes } of entries) {
    const most = /worksheets\//.test(name) ? MOST_SHEET_BYTES : MOST_OTHER_BYTES;
    // Nothing said about its size, or a size that no table reaches.
    if (unpackedBytes > most || (unpackedBytes === 0 && packedBytes > 64)) {
      throw new TableError('Tệp XLSX khi giải nén quá lớn nên không được đọc. Lưu thành "CSV UTF-8" hoặc chia nhỏ.');
    }
  }
}

function cellOf(value: unknown): TableRow['cells'][number] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof Date ? value : String(value);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
