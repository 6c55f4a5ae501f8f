// Pictures that people of the sandbox can send: drawn here, so that the program receives real PNG bytes.
import { crc32, deflateSync } from 'node:zlib';

export const samplePictureNames = ['hoang-hon', 'bien-xanh', 'la-non'] as const;
type Colour = [number, number, number];

const WIDTH = 320;
const HEIGHT = 240;
const COLOURS: Record<(typeof samplePictureNames)[number], [Colour, Colour]> = {
  'hoang-hon': [
    [255, 138, 76],
    [120, 60, 160],
  ],
  'bien-xanh': [
    [120, 200, 255],
    [0, 90, 170],
  ],
  'la-non': [
    [210, 240, 140],
    [40, 140, 80],
  ],
};

/** Name → PNG bytes of 320 × 240. */
export function drawSamplePictures(): Map<string, Buffer> {
  return new Map(samplePictureNames.map((name) => [name, drawGradient(...COLOURS[name])]));
}

function drawGradient(top: Colour, bottom: Colour): Buffer {
  const rowLength = 1 + WIDTH * 3;
  const pixels = Buffer.alloc(rowLength * HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const isSun = (x - 230) ** 2 + (y - 80) ** 2 < 34 ** 2;
      const share = y / HEIGHT;
      for (let part = 0; part < 3; part += 1) {
        const blend = (top[part] ?? 0) * (1 - share) + (bottom[part] ?? 0) * share;
        pixels[y * rowLength + 1 + x * 3 + part] = isSun ? 250 : Math.round(blend);
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
