// What a zip file says about itself: the names and sizes in its directory, without unpacking anything.

export type ZipEntry = {
  name: string;
  packedBytes: number;
  unpackedBytes: number;
  /** 0 = as it is, 8 = deflate. */
  method: number;
  isEncrypted: boolean;
  /** Where its own head stands in the file. */
  at: number;
};
/** Where the directory stands in the file. */
export type ZipEnd = { count: number; at: number; bytes: number };

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
/** The end of a file that surely holds where its directory is. */
export const TAIL_BYTES = END_BYTES + 65_535;
/** Sizes past 4 GiB stand elsewhere: nothing that we would read. */
const ELSEWHERE = 0xffffffff;

/** null when there is no directory that can be read. */
export function readZipEntries(bytes: Buffer): ZipEntry[] | null {
  const end = findZipEnd(bytes.subarray(-TAIL_BYTES));
  return end && readZipDirectory(bytes.subarray(end.at, end.at + end.bytes), end.count);
}

/** In the last bytes of a file; null when it is no zip. */
export function findZipEnd(tail: Buffer): ZipEnd | null {
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== END_SIGNATURE) continue;
    return { count: tail.readUInt16LE(at + 10), bytes: tail.readUInt32LE(at + 12), at: tail.readUInt32LE(at + 16) };
  }
  return null;
}

/** null when it is not what its end says. */
export function readZipDirectory(directory: Buffer, count: number): ZipEntry[] | null {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let n = 0; n < count; n += 1) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE) return null;
    const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
    const entry = entryOf(directory, at, nameEnd);
    if (entry.packedBytes === ELSEWHERE || entry.unpackedBytes === ELSEWHERE) return null;
    entries.push(entry);
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function entryOf(directory: Buffer, at: number, nameEnd: number): ZipEntry {
  return {
    name: directory.toString('utf8', at + ENTRY_BYTES, nameEnd),
    packedBytes: directory.readUInt32LE(at + 20),
    unpackedBytes: directory.readUInt32LE(at + 24),
    method: directory.readUInt16LE(at + 10),
    isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
    at: directory.readUInt32LE(at + 42),
  };
}
