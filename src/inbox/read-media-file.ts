// A stored file of a conversation's customer: found by the conversation that somebody may read, never by its id alone.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import { cleanFileName } from './file-name.ts';

export type MediaFile = { path: string; contentType: string; name: string };
type Row = { path: string; content_type: string | null; name: string | null };

const READ = `
SELECT m.path, m.content_type, m.name FROM conversations c
JOIN channel_identities i ON i.customer_id = c.customer_id JOIN media m ON m.identity_id = i.id
WHERE c.id = $1 AND m.id = $2 AND m.status = 'stored' AND m.path IS NOT NULL`;

/** Kinds that a browser may show as what they are; all others are bytes. */
const SHOWN = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'video/mp4',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/ogg',
  'application/pdf',
]);

/** Throws unknown_media. */
export async function readMediaFile(
  pool: pg.Pool,
  { conversationId, mediaId }: { conversationId: string; mediaId: string },
): Promise<MediaFile> {
  const { rows } = await pool.query<Row>(READ, [conversationId, mediaId]);
  const [row] = rows;
  if (!row) throw new HttpError(404, 'unknown_media', 'There is no such file in this conversation, or it is gone.');
  const type = row.content_type ?? '';
  const extension = row.path.split('.').at(-1) ?? 'bin';
  const name = cleanFileName(row.name ?? 'tep-khach-gui', extension);
  return { path: row.path, contentType: SHOWN.has(type) ? type : 'application/octet-stream', name };
}
