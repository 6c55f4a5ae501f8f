// Webhooks as the providers send them, signed with code written from the contract sheets alone.
import { createHash, createHmac } from 'node:crypto';
import type { ProviderStub } from './provider-stub.ts';

export const zaloKeys = { appId: '360846524940903967', oaId: '388613280878808645', oaSecretKey: 'outside-oa-key' };
export const pageKeys = { appId: '1517776481860111', pageId: '682498302938465', appSecret: 'outside-app-secret' };
export const VERIFY_TOKEN = 'outside-verify-token';
export const API_KEY = 'outside-api-key';
export const ZALO_APP_SECRET = 'outside-zalo-app-secret';
export const PAGE_TOKEN = 'outside-page-token';

/** The environment of a program that talks to the stubs. */
export function environmentFor(parts: {
  databaseUrl: string;
  dataDir: string;
  zalo?: ProviderStub | undefined;
  graph?: ProviderStub | undefined;
}): Record<string, string> {
  const { databaseUrl, dataDir, zalo, graph } = parts;
  return {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    SECRET_KEY: 'outside-secret-key-0123456789-0123456789',
    API_KEY,
    ...(zalo && {
      ZALO_APP_ID: zaloKeys.appId,
      ZALO_APP_SECRET,
      ZALO_OA_ID: zaloKeys.oaId,
      ZALO_OA_SECRET_KEY: zaloKeys.oaSecretKey,
      ZALO_ACCESS_TOKEN: 'access-1',
      ZALO_REFRESH_TOKEN: 'refresh-1',
      ZALO_VERIFIER: 'Outside_Code-1',
      ZALO_API_URL: zalo.url,
      ZALO_OAUTH_URL: zalo.url,
      ZALO_ZNS_URL: zalo.url,
    }),
    ...(graph && {
      MESSENGER_APP_ID: pageKeys.appId,
      MESSENGER_APP_SECRET: pageKeys.appSecret,
      MESSENGER_VERIFY_TOKEN: VERIFY_TOKEN,
      MESSENGER_PAGE_ID: pageKeys.pageId,
      MESSENGER_PAGE_ACCESS_TOKEN: PAGE_TOKEN,
      MESSENGER_API_URL: graph.url,
    }),
  };
}

/** Contract sheet 1.3: "mac=" + hex(sha256(appId + body + timestamp + OASecretKey)). */
export function signZalo(body: string | Buffer, timestamp = timestampOf(body), keys = zaloKeys): string {
  const hash = createHash('sha256').update(keys.appId).update(body).update(timestamp).update(keys.oaSecretKey);
  return `mac=${hash.digest('hex')}`;
}

/** As the string in the body; of a JSON number its literal digits. */
function timestampOf(body: string | Buffer): string {
  return /"timestamp":"?([^",}]+)/.exec(String(body))?.[1] ?? '';
}

/** Contract sheet 1.3: "sha256=" + hex(HMAC-SHA256(app secret, body)). */
export function signPage(body: string | Buffer, algorithm: 'sha256' | 'sha1' = 'sha256'): string {
  return `${algorithm}=${createHmac(algorithm, pageKeys.appSecret).update(body).digest('hex')}`;
}

let events = 0;
/** An id as the providers make them: longer than a JavaScript number can hold, never the same twice. */
export function newPeerId(): string {
  events += 1;
  return `24684588352${String(process.pid % 10_000).padStart(4, '0')}${String(events).padStart(4, '0')}`;
}

export function followOf(userId: string, at: number = Date.now()): string {
  return JSON.stringify({
    oa_id: zaloKeys.oaId,
    follower: { id: userId },
    user_id_by_app: `55${userId}`,
    event_name: 'follow',
    source: 'oa_profile',
    app_id: zaloKeys.appId,
    timestamp: String(at),
  });
}

export function zaloTextOf(userId: string, text: string, at: number = Date.now()): string {
  events += 1;
  return JSON.stringify({
    app_id: zaloKeys.appId,
    sender: { id: userId },
    user_id_by_app: `55${userId}`,
    recipient: { id: zaloKeys.oaId },
    event_name: 'user_send_text',
    message: { text, msg_id: `outside${process.pid}x${events}` },
    timestamp: String(at),
  });
}

/** What Zalo tells us about a message that the API has sent. */
export function zaloEchoOf(userId: string, text: string, messageId: string, adminId?: string): string {
  return JSON.stringify({
    app_id: zaloKeys.appId,
    sender: { id: zaloKeys.oaId, ...(adminId === undefined ? {} : { admin_id: adminId }) },
    user_id_by_app: `55${userId}`,
    recipient: { id: userId },
    event_name: 'oa_send_text',
    message: { text, msg_id: messageId },
    timestamp: String(Date.now()),
  });
}

export function pageTextOf(psid: string, text: string, at: number = Date.now()): string {
  events += 1;
  const message = { mid: `m_outside_${process.pid}_${events}`, text };
  const messaging = [{ sender: { id: psid }, recipient: { id: pageKeys.pageId }, timestamp: at, message }];
  return JSON.stringify({ object: 'page', entry: [{ id: pageKeys.pageId, time: at, messaging }] });
}

type Where = { readonly address: string };

export async function postZalo(program: Where, body: string, signature = signZalo(body)): Promise<Response> {
  return await fetch(`${program.address}/webhooks/zalo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-zevent-signature': signature },
    body,
  });
}

export async function postPage(program: Where, body: string, signature = signPage(body)): Promise<Response> {
  return await fetch(`${program.address}/webhooks/messenger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
    body,
  });
}
