// After an unknown outcome: does the page's own conversation hold what we tried to say?
// "no" is said only of a list that surely covers the time since; every doubt is "unknown", and nothing is repeated.
import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../clock.ts';
import type { Message } from '../../flows/message-schema.ts';
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { SentLookup } from '../channel.ts';
import type { GraphClient } from './api-client.ts';
import { isDeaf } from './errors.ts';
import type { LookUpPace } from './look-up-pace.ts';
import { readGraphError } from './read-send-answer.ts';

/** How far Meta's clock and ours may differ before a "no" would be a guess. */
const SKEW_MS = MINUTE_MS;
/** Meta shows details of the newest 20 messages only. */
const MOST_SHOWN = 20;

const spokenSchema = z.object({
  id: z.string().min(1),
  created_time: z.string().transform((text, context) => {
    // "2026-11-21T05:00:00+0000": the colon that ISO wants is missing.
    const time = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
    if (Number.isNaN(time)) context.addIssue({ code: 'custom', message: 'no time' });
    return time;
  }),
  message: z.string().default(''),
  from: z.object({ id: z.string() }),
});

const conversationsSchema = z.object({
  data: z.array(
    z.object({
      messages: z.object({
        data: z.array(spokenSchema),
        paging: z.object({ next: z.string().optional() }).optional(),
      }),
    }),
  ),
});

export type SentQuestion = { peerId: string; message: Message; since: Date };

/** Never throws. */
export async function findSentMessage(
  { client, pageId, pace }: { client: GraphClient; pageId: string; pace: LookUpPace },
  { peerId, message, since }: SentQuestion,
): Promise<SentLookup> {
  if (!pace.take()) return { found: 'not_yet' };
  const answer = await client.call({
    method: 'GET',
    path: `${pageId}/conversations`,
    query: { platform: 'messenger', user_id: peerId, fields: 'messages{id,message,created_time,from}' },
  });
  const error = answer.kind === 'answered' ? readGraphError(answer.body) : null;
  if (answer.kind === 'not_sent' || (error && isDeaf(error))) return { found: 'not_asked' };
  if (answer.kind !== 'answered' || answer.status !== 200 || error) return { found: 'unknown' };
  const parsed = conversationsSchema.safeParse(answer.body);
  const conversation = parsed.success && parsed.data.data.length === 1 ? parsed.data.data[0]?.messages : undefined;
  if (!conversation) return { found: 'unknown' };
  return compare(conversation, pageId, message, since);
}

type Conversation = z.infer<typeof conversationsSchema>['data'][number]['messages'];

function compare({ data, paging }: Conversation, pageId: string, message: Message, since: Date): SentLookup {
  const start = since.getTime() - SKEW_MS;
  // Meta writes whole seconds.
  const sinceSecond = Math.floor(since.getTime() / SECOND_MS) * SECOND_MS;
  const ours = data.filter((spoken) => spoken.from.id === pageId && spoken.created_time >= start);
  const text = comparableText(message);
  const twins = text === null ? [] : ours.filter((spoken) => normalise(spoken.message) === text);
  const found = twins.find((spoken) => spoken.created_time >= sinceSecond);
  if (found) return { found: 'yes', providerMessageId: found.id };
  // The same words shortly before: an earlier message of ours, or this one by a slow clock. And what shows no words may be it.
  const isDoubtful = twins.length > 0 || ours.some((spoken) => text === null || spoken.message === '');
  const oldest = Math.min(...data.map((spoken) => spoken.created_time));
  const isComplete = oldest < start || (data.length > 0 && data.length < MOST_SHOWN && paging?.next === undefined);
  return isComplete && !isDoubtful ? { found: 'no' } : { found: 'unknown' };
}

/** null: not a plain text, so the list cannot show it. */
function comparableText(message: Message): string | null {
  return message.kind === 'text' && message.links.length === 0 ? normalise(message.text) : null;
}

function normalise(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}
