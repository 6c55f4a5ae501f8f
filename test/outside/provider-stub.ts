// A stranger's fake of Zalo and of the Graph API: answers what the contract sheets say and remembers every request whole.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenAnywhere } from './free-port.ts';

export type ProviderCall = {
  at: number;
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** As written on the wire. */
  url: string;
  headers: Record<string, string>;
  text: string;
};

/** `reset` takes the request and tears the connection down; `hang` never answers. */
export type StubAnswer = { status?: number; json: unknown } | 'reset' | 'hang';

export type ProviderStub = {
  readonly url: string;
  readonly calls: ProviderCall[];
  /** The calls to paths that end so, oldest first. */
  to(method: string, pathEnd: string): ProviderCall[];
  /** Asked first; undefined = the friendly answer. May take its time. */
  script: (call: ProviderCall) => StubAnswer | undefined | Promise<StubAnswer | undefined>;
  close(): Promise<void>;
};

type Friendly = (call: ProviderCall) => StubAnswer;

async function startStub(friendly: Friendly): Promise<ProviderStub> {
  const calls: ProviderCall[] = [];
  const server = createServer((request, response) => void serve(request, response));
  const url = await listenAnywhere(server);
  const stub: ProviderStub = {
    url,
    calls,
    to: (method, pathEnd) => calls.filter((call) => call.method === method && call.path.endsWith(pathEnd)),
    script: () => undefined,
    close: () => closeServer(server),
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    calls.push(call);
    const answer = (await stub.script(call)) ?? friendly(call);
    if (answer === 'hang') return;
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(answer.json));
  };
  return stub;
}

async function readCall(request: IncomingMessage): Promise<ProviderCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const url = new URL(request.url ?? '/', 'http://stub');
  return {
    at: Date.now(),
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    url: request.url ?? '',
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export type ZaloStub = ProviderStub & {
  /** The pair that is good now; each refresh token is good once, as at Zalo. */
  readonly pair: { access: string; refresh: string; round: number };
};

/** Knows `access-1` and `refresh-1`, then `-2`, `-3` …; `isExpired` = the first access token is already dead. */
export async function startZaloStub({ isExpired = false } = {}): Promise<ZaloStub> {
  const pair = { access: isExpired ? 'nothing yet' : 'access-1', refresh: 'refresh-1', round: 1 };
  let messages = 0;
  const stub = await startStub((call) => {
    if (call.path === '/v4/oa/access_token') return grant(pair, call);
    if (call.headers.access_token !== pair.access) return { json: { error: -216, message: 'Access token is invalid' } };
    switch (call.path) {
      case '/v3.0/oa/user/detail':
        return { json: { error: 0, message: 'Success', data: profileOf(call) } };
      case '/v3.0/oa/message/cs':
        messages += 1;
        return { json: { error: 0, message: 'Success', data: acceptance(call, `stub-zalo-${messages}`) } };
      case '/v2.0/oa/getoa':
        return { json: { error: 0, message: 'Success', data: { oaid: '1', name: 'Stub' } } };
      case '/v2.0/oa/conversation':
        return { json: { error: 0, message: 'Success', data: [] } };
      default:
        return { status: 404, json: { error: -209, message: 'Not supported this api' } };
    }
  });
  return Object.assign(stub, { pair });
}

function grant(pair: ZaloStub['pair'], call: ProviderCall): StubAnswer {
  if (new URLSearchParams(call.text).get('refresh_token') !== pair.refresh)
    return { json: { error: -14014, error_name: 'Invalid refresh token.', error_description: '' } };
  pair.round += 1;
  pair.access = `access-${pair.round}`;
  pair.refresh = `refresh-${pair.round}`;
  return { json: { access_token: pair.access, refresh_token: pair.refresh, expires_in: '90000' } };
}

function profileOf(call: ProviderCall) {
  const asked: unknown = JSON.parse(call.query.get('data') ?? 'null');
  return { ...Object(asked), display_name: 'Trần Thu Hà', user_is_follower: true, avatar: '' };
}

function acceptance(call: ProviderCall, messageId: string) {
  const { recipient } = JSON.parse(call.text);
  return {
    message_id: messageId,
    user_id: recipient?.user_id,
    sent_time: String(Date.now()),
    quota: { quota_type: 'reply', remain: '8', total: '8' },
  };
}

export async function startGraphStub(): Promise<ProviderStub> {
  let messages = 0;
  return await startStub((call) => {
    if (call.method === 'POST' && call.path.endsWith('/messages')) {
      const { recipient, sender_action: action } = JSON.parse(call.text);
      if (action !== undefined) return { json: { recipient_id: recipient.id } };
      messages += 1;
      return { json: { recipient_id: recipient.id, message_id: `m_stub_${messages}` } };
    }
    if (call.method === 'GET' && /^\/v25\.0\/\d+$/.test(call.path))
      return { json: { first_name: 'Minh', last_name: 'Phạm', id: call.path.split('/').at(-1) } };
    const error = { message: 'Unsupported request', type: 'GraphMethodException', code: 100, fbtrace_id: 'stub' };
    return { status: 400, json: { error } };
  });
}
