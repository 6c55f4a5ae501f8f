// The file of an import on its way to the disk: streamed, never longer than it may be, wholly there or not at all.
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { storeFile } from '../channels/media/store-file.ts';
import { HttpError } from '../errors.ts';

export type ReceivedFile = {
  /** Relative to DATA_DIR/imports. */
  path: string;
  bytes: number;
  sha256: string;
};

const MIB = 1024 * 1024;

/** Throws file_too_large, empty_file; then nothing is left on the disk. */
export async function receiveFile(
  { importsDir, maxBytes }: { importsDir: string; maxBytes: number },
  id: string,
  source: Readable,
): Promise<ReceivedFile> {
  return await storeFile<ReceivedFile>({ folder: importsDir, partName: `${id}.part` }, async (sink) => {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of source) {
      const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      bytes += part.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(part);
      await sink(part);
    }
    if (bytes === 0) throw new HttpError(422, 'empty_file', 'The file is empty; send a CSV or XLSX with a heading.');
    return { name: id, result: { path: id, bytes, sha256: hash.digest('hex') } };
  });
}

export function tooLarge(maxBytes: number): HttpError {
  const message = `The file is larger than ${Math.floor(maxBytes / MIB)} MB; send it in parts, or raise IMPORT_MAX_MB.`;
  return new HttpError(413, 'file_too_large', message, { maxBytes });
}

export async function removeFile(importsDir: string, path: string): Promise<void> {
  if (path !== '') await rm(join(importsDir, path), { force: true });
}
