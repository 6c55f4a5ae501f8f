// One message part, one call, one honest answer about how it ended.
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import type { SendRequest, SendResult } from '../channel.ts';
import type { SendPermit } from '../messaging-window.ts';
import type { ApiOutcome, ZaloApi } from './api-client.ts';
import { classifyError, findMeaning } from './classify-error.ts';
import { isJsonObject } from './read-json.ts';
import { renderMessage, type ZaloCall } from './render-message.ts';
import type { Uploads } from './upload-asset.ts';

export type SendDeps = { api: ZaloApi; uploads: Uploads; clock: Clock; log: Logger };

/** Uploads first where needed; an asset that expired is uploaded once more. Throws only for bugs. */
export async function sendZaloMessage(deps: SendDeps, request: SendRequest, isRepeat = false): Promise<SendResult> {
  const uploaded = await deps.uploads.upload(request.message, isRepeat);
  if (!uploaded.ok) return uploaded.result;
  const call = renderMessage({ ...request, asset: uploaded.asset });
  if (call === null) {
    const reason = 'Zalo không có dạng tin này cho người nhận này. Hãy đổi sang tin văn bản hoặc mẫu tin ZBS/ZNS.';
    return { outcome: 'refused', concerns: 'message', code: 'cannot_render', reason };
  }
  const outcome = await deps.api.call({ method: 'POST', ...call });
  if (outcome.kind === 'error') {
    const isAssetGone = findMeaning(call.host, outcome.code)?.outcome === 'upload_again';
    if (isAssetGone && uploaded.asset !== null && !isRepeat) return sendZaloMessage(deps, request, true);
  }
  return settle(deps, request, call, outcome);
}

function settle({ clock, log }: SendDeps, request: SendRequest, call: ZaloCall, outcome: ApiOutcome): SendResult {
  switch (outcome.kind) {
    case 'ok':
      return sent(call, outcome.data, request.permit);
    case 'error':
      if (findMeaning(call.host, outcome.code) === null) {
        log.error({ host: call.host, code: outcome.code }, 'Zalo answered with a code that no table knows.');
      }
      return classifyError(call.host, outcome.code, clock.now());
    case 'not_sent': {
      const { concerns, code, reason, retryAt } = outcome;
      return { outcome: 'later', concerns, code, reason, retryAt };
    }
    case 'unknown': {
      const reason = 'Không rõ Zalo đã nhận tin hay chưa (mất câu trả lời). Hệ thống chờ xác nhận, không tự gửi lại.';
      return { outcome: 'unknown', code: outcome.code, reason };
    }
  }
}

function sent(call: ZaloCall, data: unknown, permit: SendPermit): SendResult {
  const fields = isJsonObject(data) ? data : {};
  const id = call.host === 'zns' ? fields.msg_id : fields.message_id;
  const isTemplate = call.path.endsWith('/template');
  return {
    outcome: 'sent',
    providerMessageId: typeof id === 'string' && id !== '' ? id : null,
    cost: isTemplate ? { kind: 'template' } : costOf(fields.quota, permit),
  };
}

/** By Zalo's own word (`quota_type`); where it says nothing, by the window: replies within 48 h are free since 2026-01-01. */
function costOf(quota: unknown, permit: SendPermit): { kind: string; amount?: number } {
  const type = isJsonObject(quota) ? quota.quota_type : undefined;
  if (type === 'reply' || type === 'welcome_msg') return { kind: 'free', amount: 0 };
  if (typeof type === 'string' && type !== '') return { kind: type, amount: 0 };
  return permit.mode === 'charged' ? { kind: 'charged', amount: permit.costAmount } : { kind: 'free', amount: 0 };
}
