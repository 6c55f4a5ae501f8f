// Files for tests, made byte by byte: good ones of each kind, and about 150 that mean harm.
import { deflateRawSync } from 'node:zlib';

export type GivenFile = { name: string; bytes: Buffer; type?: string };

const latin = (text: string) => Buffer.from(text, 'latin1');
const u16le = (n: number) => Buffer.from([n & 255, (n >> 8) & 255]);
const u32be = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
};

export const png = (width = 40, height = 30, rest = Buffer.alloc(0)) =>
  Buffer.concat([
    latin('\x89PNG\r\n\x1a\n'),
    u32be(13),
    latin('IHDR'),
    u32be(width),
    u32be(height),
    latin('\x08\x06\0\0\0'),
    rest,
  ]);
export const gif = (width = 40, height = 30, rest = '') =>
  Buffer.concat([latin('GIF89a'), u16le(width), u16le(height), latin(`\0\0\0${rest};`)]);
export const jpeg = (width = 40, height = 30, rest = '') => {
  const size = Buffer.from([height >> 8, height & 255, width >> 8, width & 255]);
  return Buffer.concat([
    latin('\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08'),
    size,
    latin(`\x03\0\0\0\0\0\0\0\0\0\xff\xd9${rest}`),
  ]);
};
export const webp = (width = 40, height = 30) => {
  const bytes = Buffer.alloc(30);
  bytes.write('RIFF....WEBPVP8X', 0, 'latin1');
  bytes.writeUIntLE(width - 1, 24, 3);
  bytes.writeUIntLE(height - 1, 27, 3);
  return bytes;
};
export const pdf = (rest = '') => latin(`%PDF-1.7\n1 0 obj<<>>endobj\n${rest}\ntrailer<<>>\n%%EOF`);
export const mp4 = (brand = 'isom') => Buffer.concat([u32be(24), latin(`ftyp${brand}`), Buffer.alloc(32)]);

type Part = { name: string; text?: string; unpacked?: number };

export function zip(parts: Part[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, text = 'x', unpacked } of parts) {
    const packed = deflateRawSync(Buffer.from(text));
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(unpacked ?? text.length, 22);
    head.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(unpacked ?? text.length, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(at, 42);
    const local = Buffer.concat([head, Buffer.from(name), packed]);
    locals.push(local);
    directory.push(Buffer.concat([entry, Buffer.from(name)]));
    at += local.length;
  }
  const end = Buffer.alloc(22);
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const TYPES = { name: '[Content_Types].xml' };
export const docx = (more: Part[] = []) => zip([TYPES, { name: 'word/document.xml' }, ...more]);
export const xlsx = (more: Part[] = []) => zip([TYPES, { name: 'xl/workbook.xml' }, ...more]);

/** The old container with streams of these names. */
export const ole = (...streams: string[]) =>
  Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(504),
    ...streams.map((name) => Buffer.concat([Buffer.from(`${name}\0`, 'utf16le'), Buffer.alloc(64)])),
  ]);

const SCRIPT = '<script>parent.hacked=1</script>';
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${SCRIPT}</svg>`;
const HTML = `<!doctype html><html><body onload=alert(1)>${SCRIPT}</body></html>`;
const PICTURE_NAMES = ['anh.jpg', 'anh.png', 'anh.gif', 'anh.webp', 'tai-lieu.pdf', 'bang-gia.docx'];

/** What must never be kept, whatever it is called and whatever the browser says it is. */
export function refusedFiles(): GivenFile[] {
  const contents: Buffer[] = [
    Buffer.from(SVG),
    Buffer.from(`<?xml version="1.0"?>${SVG}`),
    Buffer.from(`\ufeff${SVG}`),
    Buffer.from(HTML),
    Buffer.from(`   \n\n${HTML}`),
    Buffer.from('<?php system($_GET["c"]); ?>'),
    Buffer.concat([latin('MZ\x90\0'), Buffer.alloc(200)]),
    Buffer.concat([latin('\x7fELF'), Buffer.alloc(200)]),
    Buffer.concat([Buffer.from('cafebabe', 'hex'), Buffer.alloc(60)]),
    Buffer.from('#!/bin/sh\nrm -rf /\n'),
    Buffer.from('@echo off\r\ndel *.*'),
    Buffer.from('=cmd|"/c calc"!A0,1,2\n'),
    zip([{ name: 'virus.exe' }]),
    zip([{ name: 'word/document.xml' }]),
    docx([{ name: 'word/vbaProject.bin' }]),
    xlsx([{ name: 'xl/vbaProject.bin' }]),
    docx([{ name: '../../../etc/cron.d/x' }]),
    docx([{ name: 'C:\\Windows\\x.dll' }]),
    docx([{ name: 'word/embeddings/setup.exe' }]),
    xlsx([{ name: 'xl/bomb.xml', unpacked: 1_073_741_824 }]),
    ole('Installer', 'Property'),
    ole('WordDocument', 'VBA'),
    ole('Workbook', '_VBA_PROJECT'),
  ];
  const renamed = contents.flatMap((bytes) =>
    PICTURE_NAMES.slice(0, 5).map((name) => ({ name, bytes, type: 'image/png' })),
  );
  const pictures = [
    png(50_000, 50_000),
    jpeg(50_000, 50_000),
    gif(50_000, 50_000),
    webp(50_000, 50_000),
    png(16_000, 16_000),
    png(1, 2_147_483_647),
    png(0, 0),
    png(0, 10),
    gif(0, 0),
    jpeg(0, 0),
    latin('\x89PNG\r\n\x1a\n'),
    latin('GIF89a'),
    latin('\xff\xd8\xff'),
    latin('RIFF....WEBP'),
    latin('\xff\xd8\xff\xda'),
    Buffer.concat([latin('\xff\xd8'), Buffer.alloc(4_000, 0xff)]),
    Buffer.concat([latin('\xff\xd8\xff\xe0\0\0'), Buffer.alloc(400, 0)]),
    mp4('heic'),
    mp4('avif'),
    mp4('crx '),
    latin('%PDF'),
    latin(' %PDF-1.4'),
    latin('\n\n<html>%PDF-1.4'),
    latin('RIFF....WAVE'),
    latin('BM....'),
    latin('II*\0'),
    latin('%!PS-Adobe'),
    latin('\0\0\x01\0'),
    latin('Rar!\x1a\x07'),
    latin('7z\xbc\xaf'),
  ].map((bytes, n) => ({ name: `anh-${n}.png`, bytes }));
  return [...renamed, ...pictures];
}

/** What may be kept, because its bytes are what they say, however it is called and whatever hangs on behind. */
export function disguisedFiles(): GivenFile[] {
  const names = [
    '../../../../etc/passwd',
    '..\\..\\windows\\system32\\x.dll',
    '/etc/shadow',
    'C:\\x.png',
    'a/b/c.png',
    'x.php',
    'x.svg',
    'x.html',
    'hoá đơn tháng 11.png',
    'a\u202egpj.exe',
    'CON.png',
    '.htaccess',
    '....',
    '   ',
    'a'.repeat(300),
    'x.png%00.exe',
    'x.png;.sh',
    '<img src=x onerror=alert(1)>.png',
    '"; rm -rf /.png',
    "x'.png",
    'x.tar.gz.exe',
    '\u0000.png',
    '😀.png',
  ];
  return [
    ...names.map((name) => ({ name, bytes: png(), type: 'text/html' })),
    { name: 'a.gif', bytes: gif(10, 10, `/*${HTML}*/`) },
    { name: 'a.jpg', bytes: jpeg(10, 10, SVG) },
    { name: 'a.jpg', bytes: Buffer.concat([jpeg(), zip([{ name: 'x.html', text: HTML }])]) },
    { name: 'a.png', bytes: png(10, 10, Buffer.from(HTML)) },
    { name: 'a.pdf', bytes: pdf(HTML) },
  ];
}
