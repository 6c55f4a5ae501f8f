// Zip files byte by byte: as spreadsheet programs write them, and as those who mean harm do.
import { crc32, deflateRawSync } from 'node:zlib';

export type Part = {
  name: string;
  data: string | Buffer;
  /** Already packed: `data` is what stands in the file, this is what it claims to become. */
  claims?: number;
  flags?: number;
  /** Kept as it is. */
  stored?: boolean;
};

export function makeZip(parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const packed = pack(part);
    const name = Buffer.from(part.name);
    const fields = fieldsOf(part, packed, name.length);
    const head = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), fields, name]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), fields, place, name);
    pieces.push(head, packed);
    at += head.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...pieces, list, end]);
}

function pack({ data, claims, stored }: Part): Buffer {
  const bytes = Buffer.from(data);
  return claims !== undefined || stored ? bytes : deflateRawSync(bytes);
}

/** What local head and directory have in common, after the version. */
function fieldsOf({ data, claims, flags = 0, stored = false }: Part, packed: Buffer, nameLength: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(flags, 2);
  fields.writeUInt16LE(stored ? 0 : 8, 4);
  if (claims === undefined) fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(claims ?? Buffer.byteLength(data), 18);
  fields.writeUInt16LE(nameLength, 22);
  return fields;
}
