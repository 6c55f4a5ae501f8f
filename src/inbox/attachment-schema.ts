// Files that staff send along with a reply, over REST.
import { z } from 'zod';

/** What a conversation's channel takes, so that a browser can shrink or refuse before it sends. */
export const MOST_ATTACHMENTS = 10;
export const LARGEST_FILE = 25 * 1024 * 1024;

export const attachmentAnswer = z.object({
  id: z.uuid(),
  kind: z.enum(['image', 'video', 'file']).meta({ description: 'By its bytes, whatever it is called.' }),
  name: z.string(),
  contentType: z.string(),
  byteSize: z.int(),
  url: z.string().meta({ description: 'Where staff who may read the conversation get it.' }),
});
export type AttachmentAnswer = z.infer<typeof attachmentAnswer>;

export const attachmentParams = z.object({ id: z.uuid(), attachmentId: z.uuid() });
export const mediaParams = z.object({ id: z.uuid(), mediaId: z.uuid() });

/** The address of a stored file, from the path that the server gave it; null for anything else. */
export function mediaAddress(conversationId: string, path: string): string | null {
  const [, id] = /^\d{4}-\d{2}\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[a-z0-9]{1,5}$/.exec(path) ?? [];
  return id === undefined ? null : `/api/v1/inbox/conversations/${conversationId}/media/${id}`;
}
