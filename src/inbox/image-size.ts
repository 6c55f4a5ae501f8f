// How wide and high a picture says it is, read from its head without decoding it: a bomb of 50,000 × 50,000 pixels never
// reaches a program that would unpack it.

export type ImageSize = { width: number; height: number };

/** null when there is no size where the format wants it. */
export function readImageSize(contentType: string, head: Buffer): ImageSize | null {
  switch (contentType) {
    case 'image/png':
      return head.length < 24 || head.toString('latin1', 12, 16) !== 'IHDR'
        ? null
        : { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
    case 'image/gif':
      return head.length < 10 ? null : { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
    case 'image/webp':
      return sizeOfWebp(head);
    default:
      return sizeOfJpeg(head);
  }
}

/** Markers that stand alone, without a length. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
/** Start of frame: all but tables (C4), arithmetic (CC) and JPEG's own reserve (C8). */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function sizeOfJpeg(head: Buffer): ImageSize | null {
  let at = 2;
  while (at + 9 < head.length) {
    if (head[at] !== 0xff) return null;
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (isBare(marker)) at += 2;
    else if (isFrame(marker)) return { height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) };
    else if (marker === 0xda || marker === 0xd9) return null;
    else at += 2 + Math.max(2, head.readUInt16BE(at + 2));
  }
  return null;
}

function sizeOfWebp(head: Buffer): ImageSize | null {
  if (head.length < 30) return null;
  const form = head.toString('latin1', 12, 16);
  if (form === 'VP8X') return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
  if (form === 'VP8L') {
    const bits = head.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (form === 'VP8 ') return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
  return null;
}
