// CSV as Excel, Google Sheets and programs write it: with or without BOM, with ; , or tab, in UTF-8 or UTF-16.
import { createReadStream } from 'node:fs';
import type { CsvError, Parser } from 'csv-parse';
import { z } from 'zod';
import { TableError, type TableRow } from './table-row.ts';

const LONGEST_ROW = 256 * 1024;
const UTF_8_CURE = 'Trong Excel chọn Lưu thành "CSV UTF-8 (phân cách bằng dấu phẩy)", hoặc gửi tệp .xlsx.';

/** `head` is the beginning of the file, from which encoding and separator are told. */
export async function* readCsv(path: string, head: Buffer): AsyncGenerator<TableRow> {
  const encoding = encodingOf(head);
  const { parse } = await import('csv-parse');
  const parser = parse({
    bom: true,
    delimiter: separatorOf(new TextDecoder(encoding).decode(head)),
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: LONGEST_ROW,
  });
  const progress = { lines: 1 };
  const text = decode(path, encoding, progress);
  void feed(text, parser);
  try {
    for await (const one of parser) {
      const { record, info } = parsedRow.parse(one);
      progress.lines = info.lines;
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    throw explain(error, progress.lines);
  } finally {
    parser.destroy();
  }
}

const parsedRow = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) });

/** Hands the text on as fast as rows are taken; an error of either side ends both. */
async function feed(text: AsyncGenerator<string>, parser: Parser): Promise<void> {
  try {
    for await (const part of text) {
      if (parser.destroyed) return;
      if (!parser.write(part)) await drained(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function drained(parser: Parser): Promise<void> {
  return new Promise((resolve) => {
    if (parser.destroyed) return resolve();
    const done = () => {
      parser.off('drain', done).off('close', done);
      resolve();
    };
    parser.once('drain', done).once('close', done);
  });
}

async function* decode(path: string, encoding: Encoding, progress: { lines: number }): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 128 * 1024 })) {
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TableError(
      `Từ khoảng dòng ${progress.lines} có chữ không phải UTF-8 (có thể là Windows-1258). ${UTF_8_CURE}`,
    );
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

function encodingOf(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** The one that stands most often in the heading, outside of quotes. */
function separatorOf(text: string): string {
  const [heading = ''] = text.replace(/"[^"]*"/g, '').split(/\r?\n/, 1);
  const count = (separator: string) => heading.split(separator).length;
  return [';', '\t', ',', '|'].reduce((best, one) => (count(one) > count(best) ? one : best), ',');
}

function explain(error: unknown, lines: number): unknown {
  if (!isCsvError(error)) return error;
  const line = typeof error.lines === 'number' ? error.lines : lines;
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return new TableError('dòng dài quá 256 KB; có thể thiếu một dấu nháy kép ở một dòng phía trên.', line);
  }
  if (/QUOTE/.test(error.code)) {
    const cure = 'Ô có dấu " phải nằm trọn trong "…", dấu " bên trong viết hai lần "". Hoặc gửi tệp .xlsx.';
    return new TableError(`dấu nháy kép không khép hoặc đặt sai chỗ. ${cure}`, line);
  }
  return new TableError(`không đọc được dòng này (${error.code}).`, line);
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}
