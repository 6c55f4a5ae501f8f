// A reply of a signed-in member of staff: refused when a colleague answered first, taken over with the first word, said
// now or at a moment inside the window, or as an approved template when the window is closed.
import type pg from 'pg';
import { askWindow, type WindowAnswer } from '../channels/messaging-window.ts';
import { DAY_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { type Message, textOfMessage } from '../flows/message-schema.ts';
import { type LockedConversation, lockConversation } from './lock-conversation.ts';
import { readNewestWord } from './newest-word.ts';
import type { AgentMessageDeps } from './queue-agent-message.ts';
import { queueStaffWords } from './queue-staff-words.ts';
import { messagesWithFiles } from './reply-attachments.ts';
import { refuseLongReply } from './reply-limits.ts';
import type { ReplyAnswer, ReplyFields } from './reply-schema.ts';
import { makeTemplate, type TemplateDeps } from './reply-template.ts';
import type { StaffActor } from './staff-actor.ts';
import { takeLocked } from './take-conversation.ts';

export type ReplyDeps = AgentMessageDeps & TemplateDeps;

/**
 * In the caller's transaction. Throws unknown_conversation, newer_reply, being_moved, window_closed, window_closed_then,
 * unknown_template, template_unusable, unknown_attachment, too_long.
 */
export async function sendReply(
  deps: ReplyDeps,
  client: pg.ClientBase,
  id: string,
  { staff, fields }: { staff: StaffActor; fields: ReplyFields },
): Promise<ReplyAnswer> {
  const conversation = await lockConversation(client, id);
  await refuseCollision(client, id, fields);
  const now = deps.clock.now();
  const sendAt = fields.sendAt === undefined ? now : new Date(fields.sendAt);
  const messages = await messagesOf(deps, client, conversation, fields);
  const window = askAt(deps, conversation, messages, sendAt);
  if (!window.allowed) refuseClosed(window.reason, sendAt > now, fields);
  if (conversation.state !== 'with_agent') await takeLocked(deps, client, conversation, { staff, force: false });
  const expiresAt = expiryOf(window, sendAt);
  const words = messages.map((content) => ({ content, purpose: 'answer' as const, sendAt, expiresAt }));
  const queued = await queueStaffWords({ newId: deps.newId, now }, client, conversation, { by: staff, words });
  return {
    conversationId: id,
    newestStaffMessageId: queued.at(-1)?.id ?? null,
    messages: queued.map((one) => ({ id: one.id, status: 'queued', text: textOfMessage(one.content) })),
  };
}

/** Asked under the lock: of two who answer at once the second one sees the first one's words. */
async function refuseCollision(client: pg.ClientBase, id: string, fields: ReplyFields): Promise<void> {
  const newest = await readNewestWord(client, id);
  if (newest === null || newest.id === fields.seenStaffMessageId) return;
  throw new HttpError(
    409,
    'newer_reply',
    'A colleague answered meanwhile; read it and send again if it is still true.',
    {
      by: newest.by,
      text: newest.text,
      at: newest.at.toISOString(),
      newestStaffMessageId: newest.id,
      yourText: fields.text ?? null,
    },
  );
}

async function messagesOf(
  deps: ReplyDeps,
  client: pg.ClientBase,
  conversation: LockedConversation,
  { templateId, parameters = {}, attachmentIds = [], text }: ReplyFields,
): Promise<Message[]> {
  const { channel } = conversation;
  if (templateId !== undefined)
    return [await makeTemplate(deps, client, { channel, id: templateId, values: parameters })];
  const files = await messagesWithFiles(client, conversation, { ids: attachmentIds, text });
  const parts = files.flatMap(deps.splitMessage(channel));
  refuseLongReply(channel, parts.length - attachmentIds.length);
  return parts;
}

/** What the strictest of them is allowed: a picture may be shut out where words are not. */
function askAt(
  deps: ReplyDeps,
  { channel, lastInteractionAt, followedAt }: LockedConversation,
  messages: readonly Message[],
  now: Date,
): WindowAnswer {
  const answers = messages.map(({ kind: messageKind }) => {
    const writtenBy = messageKind === 'text' ? 'person' : 'program';
    return askWindow(
      { channel, now, lastInteractionAt, followedAt, messageKind, purpose: 'answer', writtenBy },
      deps.windowRules,
    );
  });
  const strictest = answers.find(({ allowed }) => !allowed) ?? answers[0];
  if (strictest === undefined) throw new Error('A reply holds at least one message.');
  return strictest;
}

function refuseClosed(reason: string, isLater: boolean, { text }: ReplyFields): never {
  const details = { yourText: text ?? null };
  if (isLater) throw new HttpError(409, 'window_closed_then', `Lúc hẹn gửi cửa sổ đã đóng. ${reason}`, details);
  throw new HttpError(409, 'window_closed', reason, details);
}

/** Past the window it may not leave, past a day it is not worth leaving. */
function expiryOf(window: WindowAnswer, sendAt: Date): Date {
  const day = sendAt.getTime() + DAY_MS;
  const closesAt = window.allowed ? (window.closesAt?.getTime() ?? day) : day;
  return new Date(Math.min(day, Math.max(closesAt, sendAt.getTime() + 60_000)));
}
