// The parts of an XLSX file by name, judged by what its directory says before anything is unpacked.
import type { FileHandle } from 'node:fs/promises';
import { findZipEnd, readZipDirectory, TAIL_BYTES, type ZipEntry } from './read-zip-entries.ts';
import { TableError } from './table-row.ts';
import { BROKEN, mostBytes, TOO_LARGE } from './xlsx-limits.ts';

const MIB = 1024 * 1024;
const MOST_ENTRIES = 10_000;
const MOST_DIRECTORY_BYTES = 4 * MIB;
/** Tables shrink to a tenth, blank ones to a hundredth; beyond this somebody means harm. */
const BOMB = { fromBytes: 64 * MIB, ratio: 250 };

/** Throws TableError for what is no zip, or not one that a spreadsheet program writes. */
export async function listEntries(file: FileHandle): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  for (const entry of await readEntries(file)) {
    const name = entry.name.replaceAll('\\', '/');
    refuse({ ...entry, name });
    if (entries.has(name)) throw new TableError(BROKEN);
    entries.set(name, entry);
  }
  return entries;
}

async function readEntries(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const end = findZipEnd(await readPart(file, Math.max(0, size - TAIL_BYTES), size));
  if (end === null) throw new TableError(BROKEN);
  if (end.count > MOST_ENTRIES || end.bytes > MOST_DIRECTORY_BYTES) {
    throw new TableError(`Tệp XLSX chứa quá ${MOST_ENTRIES} tệp con: không phải do Excel ghi, nên bị từ chối.`);
  }
  const directory = await readPart(file, end.at, Math.min(size, end.at + end.bytes));
  const entries = readZipDirectory(directory, end.count);
  if (entries === null) throw new TableError(BROKEN);
  return entries;
}

async function readPart(file: FileHandle, from: number, to: number): Promise<Buffer> {
  if (to <= from) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}

function refuse({ name, packedBytes, unpackedBytes, method, isEncrypted }: ZipEntry): void {
  if (isEncrypted) throw new TableError('Tệp XLSX có mật khẩu. Bỏ mật khẩu trong Excel rồi gửi lại.');
  if (name.startsWith('/') || name.includes('\0') || /^[a-z]:/i.test(name) || name.split('/').includes('..')) {
    const message = 'Tệp XLSX có tên bên trong chỉ ra ngoài tệp ("../"): không phải do Excel ghi, nên bị từ chối.';
    throw new TableError(message);
  }
  if (method !== 0 && method !== 8) throw new TableError(BROKEN);
  const isBomb = unpackedBytes > BOMB.fromBytes && unpackedBytes > packedBytes * BOMB.ratio;
  // Or nothing is said about its size.
  const isSilent = unpackedBytes === 0 && packedBytes > 64;
  if (isBomb || isSilent || unpackedBytes > mostBytes.sheet) throw new TableError(TOO_LARGE);
}
