// Files of ours that go up to Meta: only from the media folder, only so big as Meta takes them.
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, extname, resolve, sep } from 'node:path';
import type { Attached } from './rendered-part.ts';

/** Meta's limit for uploads. */
const LARGEST_UPLOAD = 25 * 1024 * 1024;

const CONTENT_TYPES: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.pdf': 'application/pdf',
  '.ics': 'text/calendar',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
  '.zip': 'application/zip',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.pptx': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
};

export type Upload = { ok: true; file: File } | { ok: false; reason: string };

/** Reads the file into memory; not ok (Vietnamese reason) when it lies outside the folder, is missing or too big. */
export async function readUpload({ mediaDir }: { mediaDir: string }, attached: Attached): Promise<Upload> {
  try {
    const folder = await realpath(mediaDir);
    // After links are followed: what counts is where the bytes really lie.
    const path = await realpath(resolve(folder, attached.source));
    if (!path.startsWith(folder + sep)) return { ok: false, reason: 'Tệp nằm ngoài thư mục media nên không được gửi.' };
    const { size } = await stat(path);
    if (size > LARGEST_UPLOAD)
      return { ok: false, reason: 'Tệp lớn quá 25 MB, Messenger không nhận. Hãy gửi tệp nhỏ hơn.' };
    const name = attached.name ?? basename(path);
    const type = CONTENT_TYPES[extname(name).toLowerCase()] ?? CONTENT_TYPES[extname(path).toLowerCase()];
    return { ok: true, file: new File([await readFile(path)], name, { type: type ?? 'application/octet-stream' }) };
  } catch {
    return { ok: false, reason: 'Không đọc được tệp đính kèm trong thư mục media. Kiểm tra tên tệp rồi gửi lại.' };
  }
}
