// One message to one person: render, mind the pace, bring up what is attached, call once, say how it ended. Never repeats.
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { SendRequest, SendResult } from '../channel.ts';
import { CALL_TIMEOUT_MS, type GraphAnswer, type GraphClient } from './api-client.ts';
import type { Pace } from './pace.ts';
import type { JsonRecord } from './read-json.ts';
import { readSendAnswer } from './read-send-answer.ts';
import { readUpload } from './read-upload.ts';
import { isWebAddress, withAttachmentId } from './render-media.ts';
import { type RenderedSend, renderMessage } from './render-message.ts';
import type { Attached } from './rendered-part.ts';
import { readUsage } from './usage.ts';

export type SendDependencies = {
  client: GraphClient;
  pace: Pace;
  clock: Clock;
  log: Pick<Logger, 'warn' | 'error'>;
  mediaDir: string;
};

/** Meta fetches an address itself, for up to 10 s (films 75 s), before it answers us. */
const MEDIA_TIMEOUT_MS = 20_000;
const VIDEO_TIMEOUT_MS = 75_000;
/** 25 MB over a slow line. Twice (upload and send) must stay below what `settleMsOf` waits for. */
const UPLOAD_TIMEOUT_MS = 120_000;

const TOO_FAST = 'Trang đang gửi nhiều tin cùng lúc. Tin sẽ tự gửi sau giây lát.';

/** Never throws: a bug of ours becomes `unknown`, so that nothing is said twice. */
export async function sendMessage(deps: SendDependencies, request: SendRequest): Promise<SendResult> {
  try {
    return await trySend(deps, request);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    deps.log.error(
      { outboundMessageId: request.outboundMessageId, error: name },
      'messenger: sending failed unexpectedly',
    );
    const reason = 'Có lỗi bất ngờ khi gửi, tin có thể đã đến khách. Xem hội thoại trên trang trước khi gửi lại.';
    return { outcome: 'unknown', code: 'bug', reason };
  }
}

async function trySend(deps: SendDependencies, request: SendRequest): Promise<SendResult> {
  const rendering = renderMessage(request);
  if (!rendering.ok) return refuse(rendering.code, rendering.reason);
  const { send } = rendering;
  const { messagingType, mode } = request.permit;
  const turn = deps.pace.ask(send.pace, messagingType === 'RESPONSE' || mode === 'human_agent');
  if (!turn.allowed) {
    return { outcome: 'later', concerns: turn.concerns, retryAt: turn.retryAt, code: 'own_pace', reason: TOO_FAST };
  }
  const prepared = await prepare(deps, send);
  if ('result' in prepared) return prepared.result;
  const answer = await deps.client.call({
    method: 'POST',
    path: 'me/messages',
    body: prepared.body,
    timeoutMs: timeoutOf(send),
  });
  return finish(deps, answer);
}

function timeoutOf({ pace, isVideo, upload, needsAttachmentId }: RenderedSend): number {
  const attached = upload ?? needsAttachmentId;
  if (attached !== null && !isWebAddress(attached.source)) return UPLOAD_TIMEOUT_MS;
  if (isVideo) return VIDEO_TIMEOUT_MS;
  return pace === 'media' ? MEDIA_TIMEOUT_MS : CALL_TIMEOUT_MS;
}

type Prepared = { body: JsonRecord | FormData } | { result: SendResult };

async function prepare(deps: SendDependencies, send: RenderedSend): Promise<Prepared> {
  if (send.needsAttachmentId) {
    const uploaded = await uploadFirst(deps, send.needsAttachmentId, timeoutOf(send));
    return 'result' in uploaded ? uploaded : { body: withAttachmentId(send.body, uploaded.attachmentId) };
  }
  if (!send.upload) return { body: send.body };
  const upload = await readUpload(deps, send.upload);
  if (!upload.ok) return { result: refuse('upload', upload.reason) };
  return { body: toForm(send.body, upload.file) };
}

/** In a form every field is text; objects travel as JSON. */
function toForm(fields: JsonRecord, file: File): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  form.set('filedata', file);
  return form;
}

const uploadedSchema = z.object({ attachment_id: z.union([z.string(), z.number()]).transform(String) });

/** An upload says nothing to anybody: whatever goes wrong on the way may be tried again. */
async function uploadFirst(
  deps: SendDependencies,
  attached: Attached,
  timeoutMs: number,
): Promise<{ attachmentId: string } | { result: SendResult }> {
  const isAddress = isWebAddress(attached.source);
  const payload = { is_reusable: true, ...(isAddress ? { url: attached.source } : {}) };
  const fields: JsonRecord = { message: { attachment: { type: attached.kind, payload } } };
  const upload = isAddress ? null : await readUpload(deps, attached);
  if (upload?.ok === false) return { result: refuse('upload', upload.reason) };
  const body = upload ? toForm(fields, upload.file) : fields;
  const answer = await deps.client.call({ method: 'POST', path: 'me/message_attachments', body, timeoutMs });
  const uploaded = answer.kind === 'answered' ? uploadedSchema.safeParse(answer.body) : null;
  if (uploaded?.success) return { attachmentId: uploaded.data.attachment_id };
  const result = finish(deps, answer);
  if (result.outcome !== 'unknown' && result.outcome !== 'sent') return { result };
  const reason = 'Chưa tải được tệp lên Facebook. Tin sẽ tự gửi lại.';
  return { result: { outcome: 'later', concerns: 'message', retryAt: null, code: 'upload_failed', reason } };
}

function finish(deps: SendDependencies, answer: GraphAnswer): SendResult {
  const usage = answer.kind === 'answered' ? readUsage(answer.headers) : null;
  if (usage) deps.pace.note(usage);
  const result = readSendAnswer(answer, deps.clock.now());
  if (result.outcome !== 'sent' && result.outcome !== 'refused') {
    deps.log.warn({ outcome: result.outcome, code: result.code }, 'messenger: a message did not get through');
  }
  return result;
}

function refuse(code: string, reason: string): SendResult {
  return { outcome: 'refused', concerns: 'message', code, reason };
}
