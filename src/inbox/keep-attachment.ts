// A file of staff on its way to a customer: streamed to the disk, looked at, kept under a name of ours, and only then a row.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type pg from 'pg';
import { type ChannelName, channelNameSchema } from '../channels/inbound-event-schema.ts';
import { storeFile } from '../channels/media/store-file.ts';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { type AttachmentAnswer, LARGEST_FILE, mediaAddress } from './attachment-schema.ts';
import { refusalOfFile } from './channel-files.ts';
import { cleanFileName } from './file-name.ts';
import { unknownConversation } from './lock-conversation.ts';
import { type FileKind, sniffFile } from './sniff-file.ts';

export type StoredFile = { id: string; path: string; byteSize: number; file: FileKind };
type Thread = { identityId: string; channel: ChannelName };

/** Wholly on the disk under `YYYY-MM/<id>.<extension>`, or not at all. Throws file_too_large, empty_file, file_refused. */
export async function receiveAttachment(
  { mediaDir, clock }: { mediaDir: string; clock: Clock },
  { id, channel, source }: { id: string; channel: ChannelName; source: Readable },
): Promise<StoredFile> {
  const partName = `${id}.part`;
  return await storeFile<StoredFile>({ folder: mediaDir, partName }, async (sink) => {
    let byteSize = 0;
    for await (const chunk of source) {
      const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      byteSize += part.length;
      if (byteSize > LARGEST_FILE) throw tooLarge();
      await sink(part);
    }
    if (byteSize === 0) throw refused('Tệp trống, không có gì để gửi.');
    const sniffed = await sniffFile(join(mediaDir, 'incoming', partName));
    if (!sniffed.ok) throw refused(sniffed.reason);
    const refusal = refusalOfFile(channel, sniffed.file, byteSize);
    if (refusal !== null) throw refused(refusal);
    const path = `${clock.now().toISOString().slice(0, 7)}/${id}.${sniffed.file.extension}`;
    return { name: path, result: { id, path, byteSize, file: sniffed.file } };
  });
}

export function tooLarge(): HttpError {
  const message = 'Tệp lớn hơn 25 MB, không kênh nào nhận. Hãy gửi đường dẫn tải.';
  return new HttpError(413, 'file_too_large', message, { maxBytes: LARGEST_FILE });
}

function refused(reason: string): HttpError {
  return new HttpError(422, 'file_refused', reason);
}

export async function forgetFile(mediaDir: string, { path }: StoredFile): Promise<void> {
  await rm(join(mediaDir, path), { force: true });
}

/** Throws unknown_conversation. `forShare`: it stays whose it is until the transaction ends. */
export async function requireThread(
  client: pg.ClientBase | pg.Pool,
  conversationId: string,
  { forShare }: { forShare: boolean },
): Promise<Thread> {
  const { rows } = await client.query<{ identity_id: string; channel: string }>(
    `SELECT c.identity_id, i.channel FROM conversations c JOIN channel_identities i ON i.id = c.identity_id
     WHERE c.id = $1${forShare ? ' FOR SHARE OF c' : ''}`,
    [conversationId],
  );
  const [row] = rows;
  if (!row) throw unknownConversation(conversationId);
  return { identityId: row.identity_id, channel: channelNameSchema.parse(row.channel) };
}

// `attempts` counts how often it was sent along: what nobody got may be taken back.
const INSERT = `
INSERT INTO media (id, identity_id, kind, url, status, next_attempt_at, path, content_type, byte_size, created_at, stored_at, name, staff_id)
VALUES ($1::uuid, $2, $3, 'attachment:' || $1::uuid, 'stored', $4, $5, $6, $7, $4, $4, $8, $9)`;

/** In the caller's transaction. Throws unknown_conversation. */
export async function insertAttachment(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  given: { conversationId: string; stored: StoredFile; name: string; staffId: string },
): Promise<AttachmentAnswer> {
  const { conversationId, stored, staffId } = given;
  const { identityId } = await requireThread(client, conversationId, { forShare: true });
  const { id, path, byteSize, file } = stored;
  const name = cleanFileName(given.name, file.extension);
  const about = [file.kind, clock.now(), path, file.contentType, byteSize, name, staffId];
  await client.query(INSERT, [id, identityId, ...about]);
  const url = mediaAddress(conversationId, path) ?? '';
  return { id, kind: file.kind, name, contentType: file.contentType, byteSize, url };
}

/** Takes back what was not sent yet; the file goes with the next round. Throws unknown_attachment. */
export async function dropAttachment(
  client: pg.ClientBase,
  { conversationId, attachmentId, staffId }: { conversationId: string; attachmentId: string; staffId: string },
): Promise<void> {
  const { identityId } = await requireThread(client, conversationId, { forShare: true });
  const { rowCount } = await client.query(
    `UPDATE media SET identity_id = NULL, url = id::text, name = NULL, status = 'erasing'
     WHERE id = $1 AND identity_id = $2 AND staff_id = $3 AND status = 'stored' AND attempts = 0`,
    [attachmentId, identityId, staffId],
  );
  if (rowCount === 0) throw unknownAttachment(attachmentId);
}

export function unknownAttachment(id: string): HttpError {
  const message = 'Không còn tệp đính kèm này, hoặc tệp thuộc hội thoại khác. Hãy chọn lại tệp.';
  return new HttpError(422, 'unknown_attachment', message, { attachment: id });
}
