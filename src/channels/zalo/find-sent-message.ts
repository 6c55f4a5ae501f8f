// After a lost answer: does Zalo's own history of the conversation hold what we said? GET /v2.0/oa/conversation gives ten
// rows at a time, newest first; only when they reach back far enough is their silence a "no".
import { z } from 'zod';
import { SECOND_MS } from '../../clock.ts';
import type { Message } from '../../flows/message-schema.ts';
import type { SentLookup } from '../channel.ts';
import type { ZaloApi } from './api-client.ts';

const MOST_ROWS = 10;
/** Whoever says more within a minute or two is not gone after further. */
const MOST_PAGES = 5;
/** Zalo's clock and ours are not the same. */
const SKEW_MS = 5 * SECOND_MS;
const FROM_OA = '0';

// The reader turns JSON numbers into strings of their digits.
const rowsSchema = z.array(
  z.object({
    src: z.string(),
    time: z
      .string()
      .regex(/^\d{11,14}$/)
      .transform(Number),
    message: z.string().catch(''),
    message_id: z.string().catch(''),
  }),
);

export type SentQuestion = { peerId: string; message: Message; since: Date };

/** `unknown` whenever there is room for doubt: the question decides whether something is said twice. Never throws. */
export async function findSentZaloMessage({ api }: { api: ZaloApi }, question: SentQuestion): Promise<SentLookup> {
  const wanted = wordsOf(question.message);
  if (wanted === null || question.peerId.includes(':')) return { found: 'unknown' };
  const since = question.since.getTime() - SKEW_MS;
  // What is said meanwhile moves the rest further down: a row may be seen twice, and none is passed by.
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const seen = await readPage(api, question.peerId, page);
    if ('found' in seen) return seen;
    const match = seen.rows.find(
      (row) => row.src === FROM_OA && row.time >= since && normalise(row.message) === wanted,
    );
    if (match)
      return match.message_id === '' ? { found: 'unknown' } : { found: 'yes', providerMessageId: match.message_id };
    if (seen.rows.length < MOST_ROWS || seen.rows.some((row) => row.time < since)) return { found: 'no' };
  }
  return { found: 'unknown' };
}

async function readPage(
  api: ZaloApi,
  userId: string,
  page: number,
): Promise<{ rows: z.infer<typeof rowsSchema> } | SentLookup> {
  const outcome = await api.call({
    host: 'openapi',
    method: 'GET',
    path: '/v2.0/oa/conversation',
    query: { user_id: userId, offset: page * MOST_ROWS, count: MOST_ROWS },
  });
  const isTooFast = outcome.kind === 'error' && outcome.code === '-32';
  if (outcome.kind === 'not_sent' || isTooFast) return { found: 'not_asked' };
  const rows = outcome.kind === 'ok' ? rowsSchema.safeParse(outcome.data).data : undefined;
  return rows === undefined ? { found: 'unknown' } : { rows };
}

/** Only words can be recognised again; a picture without a caption or a template cannot. */
function wordsOf(message: Message): string | null {
  if (message.kind === 'text') return normalise(message.text);
  if (message.kind === 'image' && message.caption) return normalise(message.caption);
  return null;
}

function normalise(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}
