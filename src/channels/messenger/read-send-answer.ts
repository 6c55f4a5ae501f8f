// How a send ended, from what came back. The line that matters: surely not accepted, or perhaps accepted.
import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../clock.ts';
import type { SendResult } from '../channel.ts';
import type { GraphAnswer } from './api-client.ts';
import { explainError, type GraphError } from './errors.ts';
import { readUsage } from './usage.ts';

const sentSchema = z.object({ message_id: z.string().min(1) });

const number = z.coerce.number().int();
const errorSchema = z.object({
  error: z.object({
    code: number,
    error_subcode: number.optional().catch(undefined),
    is_transient: z.boolean().optional().catch(undefined),
  }),
});

const UNREADABLE = 'Facebook trả lời không rõ, tin có thể đã đến khách. Chờ xác nhận hoặc xem hội thoại trên trang.';
const OFFLINE = 'Không kết nối được Facebook. Tin sẽ tự gửi lại khi có mạng.';
const NO_ANSWER = 'Facebook không trả lời kịp, tin có thể đã đến khách. Chờ xác nhận hoặc xem hội thoại trên trang.';
const WRONG_ADDRESS =
  'Máy chủ Facebook từ chối lời gọi. Quản trị viên kiểm tra MESSENGER_API_URL, MESSENGER_API_VERSION và mã truy cập.';
const TOO_FAST = 'Trang gửi quá nhanh, Facebook yêu cầu chờ. Tin sẽ tự gửi lại sau ít phút.';
const REFUSED = 'Facebook không chấp nhận tin này. Sửa nội dung rồi gửi lại.';

/** The error object, also inside an HTTP 200; null when there is none. */
export function readGraphError(body: unknown): GraphError | null {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return null;
  const { code, error_subcode: subcode, is_transient: isTransient } = parsed.data.error;
  return { code, subcode, isTransient };
}

export function readSendAnswer(answer: GraphAnswer, now: Date): SendResult {
  if (answer.kind === 'not_sent')
    return { outcome: 'later', concerns: 'account', retryAt: null, code: answer.code, reason: OFFLINE };
  if (answer.kind === 'no_answer') return { outcome: 'unknown', code: answer.code, reason: NO_ANSWER };
  const error = readGraphError(answer.body);
  if (error) return readRefusal(error, answer, now);
  if (answer.status >= 200 && answer.status < 300) {
    const sent = sentSchema.safeParse(answer.body);
    if (sent.success) return { outcome: 'sent', providerMessageId: sent.data.message_id };
    return { outcome: 'unknown', code: 'unreadable_answer', reason: UNREADABLE };
  }
  return readBareStatus(answer, now);
}

type Answered = Extract<GraphAnswer, { kind: 'answered' }>;

function readBareStatus({ status, headers }: Answered, now: Date): SendResult {
  const code = `http_${status}`;
  if (status === 429)
    return { outcome: 'later', concerns: 'account', retryAt: whenToRetry(headers, now), code, reason: TOO_FAST };
  if (status >= 500 || status === 408) return { outcome: 'unknown', code, reason: NO_ANSWER };
  if (status === 400 || status === 413 || status === 422)
    return { outcome: 'refused', concerns: 'message', code, reason: REFUSED };
  return { outcome: 'later', concerns: 'account', retryAt: null, code, reason: WRONG_ADDRESS };
}

function readRefusal(error: GraphError, answer: Answered, now: Date): SendResult {
  const code = error.subcode === undefined ? `${error.code}` : `${error.code}/${error.subcode}`;
  const meaning = explainError(error);
  const { reason } = meaning;
  const later = (concerns: 'message' | 'recipient' | 'account', retryAt: Date | null) => {
    return { outcome: 'later' as const, concerns, retryAt, code, reason };
  };
  // Meta sometimes answers 429 under a code that is not in any table.
  if (answer.status === 429) return later('account', whenToRetry(answer.headers, now));
  switch (meaning.class) {
    case 'delivered':
      return { outcome: 'sent', providerMessageId: null };
    case 'uncertain':
      return { outcome: 'unknown', code, reason };
    case 'temporary':
      // A server that failed on its own side may have done the work before it fell.
      return answer.status >= 500 ? { outcome: 'unknown', code, reason } : later('message', null);
    case 'once_more':
      return answer.status >= 500 ? { outcome: 'unknown', code, reason } : { ...later('message', null), mostTries: 2 };
    case 'too_fast':
      return later('account', whenToRetry(answer.headers, now));
    case 'too_fast_for_person':
      return later('recipient', new Date(now.getTime() + HOUR_MS));
    case 'account':
      return later('account', null);
    case 'restricted':
      return later('account', new Date(now.getTime() + 30 * MINUTE_MS));
    case 'recipient':
    case 'window':
    case 'thread':
      return { outcome: 'refused', concerns: meaning.class, code, reason };
    case 'request':
      // Also every code that is in no table: with a 5xx nobody knows what it meant.
      if (answer.status >= 500) return { outcome: 'unknown', code, reason: NO_ANSWER };
      return { outcome: 'refused', concerns: 'message', code, reason };
  }
}

/** Retry-After where given, else Meta's estimate, else a minute. Never more than a day. */
function whenToRetry(headers: Record<string, string>, now: Date): Date {
  const after = headers['retry-after'];
  const named =
    after === undefined ? 0 : /^\d+$/.test(after) ? Number(after) * SECOND_MS : Date.parse(after) - now.getTime();
  const waitMs = named > 0 ? named : (readUsage(headers)?.waitMs ?? 0) || MINUTE_MS;
  return new Date(now.getTime() + Math.min(waitMs, DAY_MS));
}
