// The texts of a workbook stand in one table that cells point into, in any order. They are put on the disk in groups, and
// only the groups that were asked for last are held, so that memory does not grow with them.
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readXml } from './read-xml.ts';
import { TableError } from './table-row.ts';
import { BROKEN, LONGEST_TEXT, TOO_LONG } from './xlsx-limits.ts';

export type Texts = {
  /** At once when it is at hand. Throws TableError when there is none with this number. */
  at(place: number): string | Promise<string>;
  close(): Promise<void>;
};

const GROUP = 128;
const MOST_HELD = 2 * 1024 * 1024;
const group = z.array(z.string());

/** The file has no name any more once it is open: whatever happens to the process, nothing is left. */
export async function keepTexts(pieces: AsyncIterable<Buffer>, besides: string): Promise<Texts> {
  const folder = await mkdtemp(`${besides}.`);
  const file = await open(join(folder, 'texts'), 'wx+', 0o600);
  try {
    await rm(folder, { recursive: true, force: true });
    return readerOf(file, await write(file, pieces));
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Where each group begins; the last number is the end. */
async function write(file: FileHandle, pieces: AsyncIterable<Buffer>): Promise<number[]> {
  const starts = [0];
  let waiting: string[] = [];
  const put = async (texts: readonly string[]) => {
    const bytes = Buffer.from(JSON.stringify(texts));
    const at = starts.at(-1) ?? 0;
    await file.write(bytes, 0, bytes.length, at);
    starts.push(at + bytes.length);
  };
  for await (const _ of readXml(
    pieces,
    textHandlers((text) => waiting.push(text)),
  )) {
    let done = 0;
    for (; waiting.length - done >= GROUP; done += GROUP) await put(waiting.slice(done, done + GROUP));
    waiting = waiting.slice(done);
  }
  if (waiting.length > 0) await put(waiting);
  return starts;
}

/** One text per <si>: its runs together, without what tells how to pronounce it. */
function textHandlers(take: (text: string) => void) {
  let text = '';
  let isText = false;
  let isPhonetic = false;
  return {
    open: (name: string) => {
      if (name === 'si') text = '';
      if (name === 'rPh') isPhonetic = true;
      isText = name === 't' && !isPhonetic;
    },
    text: (more: string) => {
      if (!isText) return;
      text += more;
      if (text.length > 2 * LONGEST_TEXT) throw new TableError(TOO_LONG);
    },
    close: (name: string) => {
      isText = false;
      if (name === 'rPh') isPhonetic = false;
      if (name === 'si') take(plainText(text));
    },
  };
}

/** Excel writes what XML cannot hold as _x000D_. */
export function plainText(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
}

function readerOf(file: FileHandle, starts: readonly number[]): Texts {
  const held = new Map<number, string[]>();
  let heldLetters = 0;
  const lettersOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length + 16, 0);
  const load = async (n: number): Promise<string[]> => {
    const [from = 0, to = 0] = [starts[n], starts[n + 1]];
    const { buffer } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    const texts = group.parse(JSON.parse(buffer.toString('utf8')));
    heldLetters += lettersOf(texts);
    held.set(n, texts);
    for (const [oldest, some] of held) {
      if (heldLetters <= MOST_HELD || oldest === n) break;
      held.delete(oldest);
      heldLetters -= lettersOf(some);
    }
    return texts;
  };
  return {
    at: (place) => {
      const n = Math.floor(place / GROUP);
      if (!(place >= 0 && n < starts.length - 1)) throw new TableError(BROKEN);
      const texts = held.get(n);
      const textOf = (some: readonly string[]) => some[place % GROUP] ?? '';
      return texts ? textOf(texts) : load(n).then(textOf);
    },
    close: () => file.close(),
  };
}
