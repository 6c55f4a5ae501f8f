// What a file really is, by its bytes: neither its name nor what the browser says about it is believed. Only kinds that
// both people and channels can use are known; pages, drawings with scripts, programs and archives are not among them.
import { type FileHandle, open } from 'node:fs/promises';
import { readImageSize } from './image-size.ts';
import { findOffice } from './office-file.ts';

export type FileKind = { kind: 'image' | 'video' | 'file'; contentType: string; extension: string };
export type Sniffed = { ok: true; file: FileKind } | { ok: false; reason: string };

const HEAD_BYTES = 2 * 1024 * 1024;
const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 60_000_000;

const UNKNOWN =
  'Không gửi được loại tệp này. Hãy gửi ảnh (JPG, PNG, GIF, WebP), PDF, Word, Excel, PowerPoint hoặc video MP4.';
const BROKEN = 'Ảnh bị hỏng hoặc không đọc được. Hãy lưu lại dưới dạng JPG hoặc PNG rồi gửi lại.';
const TOO_LARGE = 'Ảnh có kích thước quá lớn. Hãy thu nhỏ còn dưới 16.000 điểm mỗi cạnh rồi gửi lại.';

/** Reads as little of it as its kind allows. Throws what the disk throws. */
export async function sniffFile(path: string): Promise<Sniffed> {
  const handle = await open(path, 'r');
  try {
    return await sniff(handle);
  } finally {
    await handle.close();
  }
}

async function sniff(handle: FileHandle): Promise<Sniffed> {
  const { size } = await handle.stat();
  const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
  await handle.read(head, 0, head.length, 0);
  const picture = pictureOf(head);
  if (picture !== null) return judgePicture(picture, head);
  if (isPdf(head)) return known('file', 'application/pdf', 'pdf');
  if (isMp4(head)) return known('video', 'video/mp4', 'mp4');
  const office = findOffice(size > head.length ? await readWhole(handle, size) : head);
  return office === null ? { ok: false, reason: UNKNOWN } : known('file', office.contentType, office.extension);
}

async function readWhole(handle: FileHandle, size: number): Promise<Buffer> {
  const whole = Buffer.alloc(size);
  await handle.read(whole, 0, size, 0);
  return whole;
}

function known(kind: FileKind['kind'], contentType: string, extension: string): Sniffed {
  return { ok: true, file: { kind, contentType, extension } };
}

type Picture = { contentType: string; extension: string };

function pictureOf(head: Buffer): Picture | null {
  const begins = (bytes: string) => head.toString('latin1', 0, bytes.length) === bytes;
  if (begins('\xff\xd8\xff')) return { contentType: 'image/jpeg', extension: 'jpg' };
  if (begins('\x89PNG\r\n\x1a\n')) return { contentType: 'image/png', extension: 'png' };
  if (begins('GIF87a') || begins('GIF89a')) return { contentType: 'image/gif', extension: 'gif' };
  if (begins('RIFF') && head.toString('latin1', 8, 12) === 'WEBP')
    return { contentType: 'image/webp', extension: 'webp' };
  return null;
}

function judgePicture({ contentType, extension }: Picture, head: Buffer): Sniffed {
  const size = readImageSize(contentType, head);
  if (size === null || size.width === 0 || size.height === 0) return { ok: false, reason: BROKEN };
  const { width, height } = size;
  if (width > LONGEST_SIDE || height > LONGEST_SIDE || width * height > MOST_PIXELS)
    return { ok: false, reason: TOO_LARGE };
  return known('image', contentType, extension);
}

/** At the very beginning only: what readers forgive, a customer's mail filter does not. */
function isPdf(head: Buffer): boolean {
  return /^%PDF-\d\.\d/.test(head.toString('latin1', 0, 8));
}

const MP4_BRANDS = new Set(['isom', 'iso2', 'iso4', 'iso5', 'iso6', 'mp41', 'mp42', 'avc1', 'M4V ', 'MSNV', 'dash']);

function isMp4(head: Buffer): boolean {
  if (head.length < 16 || head.toString('latin1', 4, 8) !== 'ftyp') return false;
  return MP4_BRANDS.has(head.toString('latin1', 8, 12));
}
