// A file of rows, whatever its format: read from the disk row by row, so that memory does not grow with it.
import { open } from 'node:fs/promises';
import { readCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';
import { TableError, type TableRow } from './table-row.ts';
import { MOST_COLUMNS, MOST_ROWS, TOO_WIDE } from './xlsx-limits.ts';

/** Rows that hold something, the heading first. Throws TableError. */
export async function* readTable(path: string, sheet: string | null): AsyncGenerator<TableRow> {
  const head = await readHead(path);
  let rows = 0;
  for await (const row of isZip(head) ? readXlsx(path, sheet) : readCsv(path, textHead(head))) {
    if (row.cells.length > MOST_COLUMNS) throw new TableError(TOO_WIDE, row.line);
    if (row.cells.every((cell) => cell === null || cell === undefined || cell === '')) continue;
    rows += 1;
    if (rows > MOST_ROWS) throw new TableError(`Tệp có quá ${MOST_ROWS} dòng. Chia thành nhiều tệp.`);
    yield row;
  }
  if (rows === 0) {
    throw new TableError(
      sheet === null
        ? 'Tệp không có dòng nào. Dòng đầu phải là tên các cột.'
        : `Không có trang tính "${sheet}", hoặc trang tính ấy trống. Kiểm tra lại tên ở cuối cửa sổ Excel.`,
    );
  }
}

const HEAD_BYTES = 64 * 1024;

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function isZip(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) === 0x04034b50;
}

const OLE2 = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

function textHead(head: Buffer): Buffer {
  if (head.subarray(0, 4).equals(OLE2)) {
    throw new TableError(
      'Tệp là .xls cũ hoặc có mật khẩu. Trong Excel chọn Lưu thành .xlsx, bỏ mật khẩu, rồi gửi lại.',
    );
  }
  const isUtf16 = head.length >= 2 && (head.readUInt16LE(0) === 0xfeff || head.readUInt16LE(0) === 0xfffe);
  if (!isUtf16 && head.includes(0)) {
    throw new TableError('Tệp không phải CSV hay XLSX. Trong Excel chọn Lưu thành .xlsx hoặc "CSV UTF-8".');
  }
  return head;
}
