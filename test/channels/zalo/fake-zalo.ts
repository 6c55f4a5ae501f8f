// A tiny Zalo for tests: answers what the test tells it to, remembers what it was asked, can break in the middle.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ZaloSettings } from '../../../src/config.ts';
import { APP_ID, OA_ID } from './read-payload.ts';

export type Received = {
  method: string;
  path: string;
  query: Record<string, unknown> | null;
  headers: IncomingMessage['headers'];
  text: string;
};

export type Reply =
  | { status?: number; json: unknown }
  | { status?: number; text: string }
  /** The bytes arrived, the answer never does. */
  | 'reset'
  | 'hang';

type Handler = (request: Received) => Reply | Promise<Reply>;

export type FakeZalo = {
  url: string;
  received: Received[];
  on(path: string, handler: Handler): void;
  /** Requests to this path so far. */
  count(path: string): number;
  close(): Promise<void>;
};

export const success = (data: unknown): Reply => ({ json: { data, error: 0, message: 'Success' } });
export const failure = (error: number, message = 'no'): Reply => ({ json: { error, message } });

export async function startFakeZalo(): Promise<FakeZalo> {
  const handlers = new Map<string, Handler>();
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://zalo.invalid');
      const data = url.searchParams.get('data');
      const one: Received = {
        method: request.method ?? '',
        path: url.pathname,
        query: data === null ? null : JSON.parse(data),
        headers: request.headers,
        text: Buffer.concat(chunks).toString(),
      };
      received.push(one);
      const handler = handlers.get(one.path) ?? (() => ({ status: 404, text: 'no such path' }) satisfies Reply);
      void Promise.resolve(handler(one)).then((reply) => answer(response, reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    on: (path, handler) => void handlers.set(path, handler),
    count: (path) => received.filter((one) => one.path === path).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return;
  if (reply === 'reset') {
    response.socket?.destroy();
    return;
  }
  const isJson = 'json' in reply;
  response.writeHead(reply.status ?? 200, { 'content-type': isJson ? 'application/json' : 'text/html' });
  response.end(isJson ? JSON.stringify(reply.json) : reply.text);
}

export function settingsFor(url: string, changes: Partial<ZaloSettings> = {}): ZaloSettings {
  return {
    appId: APP_ID,
    appSecret: 'app-secret',
    oaId: OA_ID,
    oaSecretKey: 'test-oa-secret-key',
    accessToken: 'access-0',
    refreshToken: 'refresh-0',
    apiUrl: url,
    oauthUrl: url,
    znsUrl: url,
    pkceMode: 'per_request',
    fixedCodeVerifier: null,
    sendAppSecretProof: false,
    verifier: null,
    ...changes,
  };
}

export const TOKEN_PATH = '/v4/oa/access_token';

/** Refresh tokens as Zalo keeps them: each works once; the access token before it dies with it. */
export function issueTokens(fake: FakeZalo, first = { access: 'access-0', refresh: 'refresh-0' }) {
  const state = { ...first, number: 0, reused: 0 };
  const refresh = (refreshToken: string | null): Reply => {
    if (refreshToken !== state.refresh) {
      state.reused += 1;
      return { json: { error: -14014, error_name: 'Invalid refresh token' } };
    }
    state.number += 1;
    state.access = `access-${state.number}`;
    state.refresh = `refresh-${state.number}`;
    return { json: { access_token: state.access, refresh_token: state.refresh, expires_in: '90000' } };
  };
  fake.on(TOKEN_PATH, ({ text }) => refresh(new URLSearchParams(text).get('refresh_token')));
  return { state, refresh };
}
