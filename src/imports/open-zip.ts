// A zip file where it lies on the disk: its directory is read and judged first, then single entries in pieces. Nothing is
// unpacked to the disk, nothing is held whole, and what an entry says about its size is counted again while it unpacks.
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { listEntries } from './list-entries.ts';
import type { ZipEntry } from './read-zip-entries.ts';
import { TableError } from './table-row.ts';
import { BROKEN, TOO_LARGE } from './xlsx-limits.ts';

export type OpenZip = {
  entries: ReadonlyMap<string, ZipEntry>;
  /** Its bytes in pieces, as fast as they are taken. Throws TableError beyond `mostBytes`. */
  read(entry: ZipEntry, mostBytes: number): AsyncGenerator<Buffer>;
  close(): Promise<void>;
};

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
/** Small, so that what they unpack to at worst stays small as well. */
const PACKED_PIECE = 16 * 1024;
const PIECE = 64 * 1024;

/** Throws TableError for what is no zip, or not one that a spreadsheet program writes. */
export async function openZip(path: string): Promise<OpenZip> {
  const file = await open(path, 'r');
  try {
    const entries = await listEntries(file);
    return { entries, read: (entry, mostBytes) => readEntry(file, entry, mostBytes), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* readEntry(file: FileHandle, entry: ZipEntry, mostBytes: number): AsyncGenerator<Buffer> {
  if (entry.unpackedBytes > mostBytes) throw new TableError(TOO_LARGE);
  // Who lies about the size is stopped where it said that it ends.
  let left = Math.min(mostBytes, entry.unpackedBytes);
  for await (const piece of await unpack(file, entry)) {
    const bytes: unknown = piece;
    if (!Buffer.isBuffer(bytes)) continue;
    left -= bytes.length;
    if (left < 0) throw new TableError(TOO_LARGE);
    yield bytes;
  }
}

async function unpack(file: FileHandle, { at, packedBytes, method }: ZipEntry) {
  const head = Buffer.alloc(LOCAL_BYTES);
  const { bytesRead } = await file.read(head, 0, LOCAL_BYTES, at);
  if (bytesRead < LOCAL_BYTES || head.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new TableError(BROKEN);
  const start = at + LOCAL_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  if (packedBytes === 0) return [];
  const end = start + packedBytes - 1;
  const packed = file.createReadStream({ start, end, autoClose: false, highWaterMark: PACKED_PIECE });
  if (method === 0) return packed;
  // An error of either side ends both, and whoever reads is told by the last of them.
  return pipeline(packed, createInflateRaw({ chunkSize: PIECE }), () => undefined);
}
