// A backup is one file: compressed lines of JSON, the last of which holds the checksum of all before it. Written and read
// as a stream, so that its size does not matter.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { StartError } from '../errors.ts';

export const ARCHIVE_FORMAT = 1;

export const headSchema = z.object({
  kind: z.literal('head'),
  format: z.int(),
  takenAt: z.coerce.date(),
  /** All that were applied, in order. */
  migrations: z.array(z.string()),
  /** Tells whether the SECRET_KEY at hand is the one that sealed what is in here; not the key. */
  keyId: z.string(),
});
export type ArchiveHead = z.infer<typeof headSchema>;

const lineSchema = z.discriminatedUnion('kind', [
  headSchema,
  /** A partition that rows may need. */
  z.object({ kind: z.literal('partition'), table: z.string(), of: z.string(), bound: z.string() }),
  /** Each row as PostgreSQL writes a record. */
  z.object({ kind: z.literal('rows'), table: z.string(), rows: z.array(z.string()) }),
  z.object({ kind: z.literal('sequence'), name: z.string(), value: z.string(), isCalled: z.boolean() }),
  /** The next bytes of a file below DATA_DIR; `isFirst` begins it. */
  z.object({ kind: z.literal('file'), path: z.string(), isFirst: z.boolean(), data: z.string() }),
  z.object({ kind: z.literal('end'), sha256: z.string() }),
]);
export type ArchiveLine = z.infer<typeof lineSchema>;

/** Writes beside `path` and renames at the end: a file of that name is always whole. Readable by its owner only. */
export async function writeArchive(path: string, lines: AsyncIterable<Exclude<ArchiveLine, { kind: 'end' }>>) {
  const beside = `${path}.part`;
  try {
    const target = createWriteStream(beside, { mode: 0o600, flush: true });
    await pipeline(Readable.from(withEnd(lines)), createZstdCompress(), target);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function* withEnd(lines: AsyncIterable<ArchiveLine>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  for await (const line of lines) {
    const text = `${JSON.stringify(line)}\n`;
    hash.update(text);
    yield text;
  }
  yield `${JSON.stringify({ kind: 'end', sha256: hash.digest('hex') })}\n`;
}

/** Every line but the last; throws StartError when the file is none of ours, cut off, or changed. */
export async function* readArchive(path: string): AsyncGenerator<Exclude<ArchiveLine, { kind: 'end' }>> {
  const file = await open(path).catch((cause: unknown) => {
    throw new StartError(`The backup ${path} cannot be read.`, 'Name a file that db:backup wrote.', { cause });
  });
  await file.close();
  const hash = createHash('sha256');
  let end: string | null = null;
  try {
    for await (const text of linesOf(unpacked(path))) {
      const line = lineSchema.parse(JSON.parse(text));
      if (end !== null) throw new Error('lines after the end');
      if (line.kind === 'end') end = line.sha256;
      else {
        hash.update(`${text}\n`);
        yield line;
      }
    }
  } catch (cause) {
    throw cause instanceof StartError ? cause : damaged(path, cause);
  }
  if (end !== hash.digest('hex')) throw damaged(path, null);
}

/** Whoever reads hears of an error; a listener of its own keeps one that comes between two reads from ending the program. */
function unpacked(path: string): AsyncIterable<Buffer> {
  const packed = createReadStream(path);
  const plain = createZstdDecompress();
  packed.on('error', (error) => plain.destroy(error));
  plain.on('error', () => packed.destroy());
  return packed.pipe(plain);
}

/** readline swallows errors of its input. */
async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest: string[] = [];
  for await (const chunk of bytes) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    if (parts.length > 1) {
      yield rest.join('') + parts[0];
      yield* parts.slice(1, -1);
      rest = [];
    }
    rest.push(parts.at(-1) ?? '');
  }
  if (rest.join('') !== '') throw new Error('a line is cut off');
}

function damaged(path: string, cause: unknown): StartError {
  return new StartError(
    `The backup ${path} is damaged or not a backup of this program: it was not restored, nothing was changed.`,
    'Use another copy of it, or an earlier backup.',
    { cause },
  );
}

/** Reads the whole file once, so that a damaged one is refused before anything is touched; answers its head. */
export async function checkArchive(path: string): Promise<ArchiveHead> {
  let head: ArchiveHead | null = null;
  for await (const line of readArchive(path)) {
    if (head === null && line.kind !== 'head') throw damaged(path, null);
    if (line.kind === 'head') head = line;
  }
  if (head === null) throw damaged(path, null);
  return head;
}
