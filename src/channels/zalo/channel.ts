// Zalo Official Account behind the interface of all channels, plus what only Zalo needs: its token keeper, the connection
// from the browser, and quotas.
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import type { ZaloSettings } from '../../config.ts';
import type { Database } from '../../database.ts';
import type { Channel, ChannelHealth, SendRequest, SendResult } from '../channel.ts';
import { createTokenVault, type TokenState, type TokenVault } from './access-token.ts';
import { createZaloApi, type ZaloApi } from './api-client.ts';
import { findSentZaloMessage } from './find-sent-message.ts';
import { createHttpClient } from './http-client.ts';
import { type ConnectCallback, type ConnectResult, finishZaloConnect, startZaloConnect } from './oauth.ts';
import { parseZaloWebhook } from './parse-webhook.ts';
import { fetchZaloProfile } from './profile.ts';
import { type AccountQuota, fetchAccountQuota, fetchTemplateQuota, fetchUserQuota, type UserQuota } from './quota.ts';
import { isJsonObject } from './read-json.ts';
import { createRequestLimit } from './request-limit.ts';
import { sendZaloMessage } from './send-message.ts';
import { isZaloSignatureValid } from './signature.ts';
import { splitZaloMessage } from './split-message.ts';
import { createUploads } from './upload-asset.ts';

export type ZaloDeps = {
  db: Database;
  clock: Clock;
  log: Logger;
  /** 32 bytes; encrypts tokens at rest. */
  secretKey: Buffer;
  random: (size: number) => Buffer;
  /** DATA_DIR or a folder in it: holds a new token pair until the database has it. */
  spoolDir: string;
  /** DATA_DIR/media: where images and files to upload are. */
  mediaDir: string;
  /** Of one HTTP exchange; 10 s when absent. */
  requestTimeoutMs?: number;
};

export type ZaloChannel = Channel & {
  readonly name: 'zalo';
  /** Ring once at start and then each minute: keeps the token alive and gives warnings long before it dies. */
  runTokenKeeper(): Promise<TokenState>;
  tokenState(): Promise<TokenState>;
  startConnect(redirectUri: string): Promise<{ url: string; state: string }>;
  finishConnect(callback: ConnectCallback): Promise<ConnectResult>;
  fetchUserQuota(userId: string): Promise<UserQuota | null>;
  fetchAccountQuota(quotaType: 'sub_quota' | 'purchase_quota' | 'reward_quota'): Promise<AccountQuota[] | null>;
  fetchTemplateQuota(): Promise<{ total: number | null; remain: number | null } | null>;
};

export function createZaloChannel(deps: ZaloDeps, settings: ZaloSettings): ZaloChannel {
  const http = createHttpClient(deps.requestTimeoutMs);
  const tokens = createTokenVault({ ...deps, http }, settings);
  const limit = createRequestLimit(deps);
  const api = createZaloApi({ http, tokens, limit }, settings);
  const uploads = createUploads({ ...deps, api });
  const connect = { ...deps, http, tokens };
  return {
    name: 'zalo',
    accountId: settings.oaId,
    isSignatureValid: (raw, headers) => isZaloSignatureValid(settings, raw, headers),
    parseWebhook: (raw, headers, receivedAt) => parseZaloWebhook(settings, raw, headers, receivedAt),
    splitMessage: splitZaloMessage,
    send: (request) => sendSafely({ ...deps, api, uploads }, request),
    fetchProfile: (peerId, signal) => fetchZaloProfile({ api, now: () => deps.clock.now() }, peerId, signal),
    findSentMessage: (question) => findSentZaloMessage({ api }, question),
    // Zalo has no typing indicator.
    showTyping: async () => undefined,
    health: () => checkHealth(api, tokens, settings),
    runTokenKeeper: () => tokens.keepFresh(async () => (await askAccount(api)).kind === 'ok'),
    tokenState: () => tokens.state(),
    startConnect: (redirectUri) => startZaloConnect(connect, settings, redirectUri),
    finishConnect: (callback) => finishZaloConnect(connect, settings, callback),
    fetchUserQuota: (userId) => fetchUserQuota({ api }, userId),
    fetchAccountQuota: (quotaType) => fetchAccountQuota({ api }, quotaType),
    fetchTemplateQuota: () => fetchTemplateQuota({ api }),
  };
}

/** A bug of ours on the way out must not be mistaken for a message that was not sent. */
async function sendSafely(deps: Parameters<typeof sendZaloMessage>[0], request: SendRequest): Promise<SendResult> {
  try {
    return await sendZaloMessage(deps, request);
  } catch (error) {
    deps.log.error(
      { err: error, outboundMessageId: request.outboundMessageId },
      'Sending to Zalo failed unexpectedly.',
    );
    const reason = 'Phần mềm gặp lỗi khi gửi qua Zalo nên không rõ tin đã đi chưa. Hãy báo kỹ thuật.';
    return { outcome: 'unknown', code: 'unexpected', reason };
  }
}

function askAccount(api: ZaloApi) {
  return api.call({ host: 'openapi', method: 'GET', path: '/v2.0/oa/getoa' });
}

/** Asks Zalo who we are; a token that will soon end is reported while all is still well. */
async function checkHealth(api: ZaloApi, tokens: TokenVault, settings: ZaloSettings): Promise<ChannelHealth> {
  const state = await tokens.state().catch(() => null);
  const warning = state?.warnings[0] ?? null;
  if (state && state.status !== 'active') return { ok: false, reason: warning };
  const outcome = await askAccount(api);
  if (outcome.kind === 'not_sent') return { ok: false, reason: outcome.reason };
  if (outcome.kind !== 'ok') return { ok: false, reason: `Zalo không trả lời kiểm tra OA (${outcome.code}).` };
  const fields = isJsonObject(outcome.data) ? outcome.data : {};
  const oaId = fields.oaid ?? fields.oa_id;
  if (typeof oaId === 'string' && oaId !== settings.oaId) {
    return { ok: false, reason: 'Mã truy cập thuộc về một OA khác với ZALO_OA_ID. Hãy kết nối lại đúng OA.' };
  }
  return { ok: true, reason: warning };
}
