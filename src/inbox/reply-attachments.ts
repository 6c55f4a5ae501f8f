// Files that a reply takes along, as messages of the channel. One picture and a few words are one message where the channel
// can say both at once: it is read together and, past the free window, paid for once.
import type pg from 'pg';
import { z } from 'zod';
import { channelLimits } from '../flows/channel-limits.ts';
import type { Message } from '../flows/message-schema.ts';
import { unknownAttachment } from './keep-attachment.ts';
import type { LockedConversation } from './lock-conversation.ts';

const stored = z.object({ id: z.string(), kind: z.string(), path: z.string(), name: z.string().nullable() });
type Stored = z.infer<typeof stored>;

const TAKE = `
UPDATE media SET attempts = attempts + 1 WHERE id = ANY($1::uuid[]) AND identity_id = $2 AND staff_id IS NOT NULL AND status = 'stored'
RETURNING id, kind, path, name`;

/** In the caller's transaction: from here on they cannot be taken back. Throws unknown_attachment. */
export async function messagesWithFiles(
  client: pg.ClientBase,
  { identityId, channel }: Pick<LockedConversation, 'identityId' | 'channel'>,
  { ids, text }: { ids: readonly string[]; text: string | undefined },
): Promise<Message[]> {
  const { rows } = await client.query(TAKE, [[...new Set(ids)], identityId]);
  const files = new Map(rows.map((row) => stored.parse(row)).map((file) => [file.id, file]));
  const messages = ids.map((id) => {
    const file = files.get(id);
    if (file === undefined) throw unknownAttachment(id);
    return messageOf(file);
  });
  if (text === undefined) return messages;
  const [only] = messages;
  const isShort = channel === 'zalo' && text.length <= channelLimits.zalo.text;
  if (messages.length === 1 && only?.kind === 'image' && isShort) return [{ ...only, caption: text }];
  // Files first: what can be read stands below them, beside the composer.
  return [...messages, { kind: 'text', text, choices: [], links: [] }];
}

function messageOf({ kind, path, name }: Stored): Message {
  // Meta takes WebP as a file only.
  if (kind === 'image' && !path.endsWith('.webp')) return { kind: 'image', source: path };
  if (kind === 'video') return { kind: 'media', mediaKind: 'video', source: path, links: [] };
  return { kind: 'file', source: path, name: name ?? path.split('/').at(-1) ?? path };
}
