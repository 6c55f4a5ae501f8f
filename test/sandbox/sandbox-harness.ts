// A sandbox with a receiver for its webhooks: what the program would see, kept as raw bytes.
import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start-sandbox.ts';

export type ReceivedWebhook = { path: string; raw: Buffer; headers: IncomingHttpHeaders };

export type Harness = {
  sandbox: Sandbox;
  clock: MovableClock;
  received: ReceivedWebhook[];
  /** Status of the next answers, in turn; afterwards 200. */
  answerNextWith(...statuses: number[]): void;
  /** Bodies received so far, parsed; `name` filters Zalo's event_name. */
  zaloEvents(name?: string): Record<string, unknown>[];
  messengerEvents(): Record<string, unknown>[];
  close(): Promise<void>;
};

export const START = new Date('2026-11-21T03:00:00Z');

/** The same "random" bytes in every run. */
export function createRepeatableRandom(seed = 'sandbox'): (size: number) => Buffer {
  let count = 0;
  return (size) => {
    const parts: Buffer[] = [];
    while (parts.length * 32 < size) {
      count += 1;
      parts.push(createHash('sha256').update(`${seed}:${count}`).digest());
    }
    return Buffer.concat(parts).subarray(0, size);
  };
}

export async function startHarness(options: Partial<SandboxOptions> = {}): Promise<Harness> {
  const received: ReceivedWebhook[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url ?? '', raw: Buffer.concat(chunks), headers: request.headers });
      response.statusCode = statuses.shift() ?? 200;
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clock = createManualClock(START);
  const sandbox = await startSandbox({
    port: 0,
    clock,
    webhookUrls: { zalo: `http://127.0.0.1:${port}/zalo`, messenger: `http://127.0.0.1:${port}/messenger` },
    log: { info: () => {}, warn: () => {} },
    random: createRepeatableRandom(),
    webhookRetryAfterMs: [1, 1, 1],
    ...options,
  });
  const bodies = (path: string) =>
    received.filter((each) => each.path === path).map((each): Record<string, unknown> => JSON.parse(String(each.raw)));
  return {
    sandbox,
    clock,
    received,
    answerNextWith: (...next) => statuses.push(...next),
    zaloEvents: (name) => bodies('/zalo').filter((body) => name === undefined || body.event_name === name),
    messengerEvents: () => bodies('/messenger'),
    async close() {
      await sandbox.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type CallResult = { status: number; body: Record<string, unknown>; headers: Headers };

/** One call to the pretend Zalo with its valid token unless headers say otherwise. */
export async function callZalo(
  sandbox: Sandbox,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<CallResult> {
  const isPost = body !== undefined;
  const response = await fetch(sandbox.url + path, {
    method: isPost ? 'POST' : 'GET',
    headers: {
      access_token: sandbox.zaloSettings.accessToken,
      ...(isPost ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(isPost ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
  });
  return readResult(response);
}

export async function callGraph(
  sandbox: Sandbox,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<CallResult> {
  const isPost = body !== undefined;
  const response = await fetch(`${sandbox.url}/v25.0${path}`, {
    method: isPost ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${sandbox.messengerSettings.pageAccessToken}`,
      ...(isPost ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(isPost ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
  });
  return readResult(response);
}

async function readResult(response: Response): Promise<CallResult> {
  const body: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body, headers: response.headers };
}

/** `{"data":…}` of Zalo's GET calls. */
export const inData = (value: unknown): string => `?data=${encodeURIComponent(JSON.stringify(value))}`;
