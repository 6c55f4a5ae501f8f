// One door for every API call: finds the route, lets faults strike, writes the journal. The channels bring routes and error shapes.
import type { CallScope, FaultKind } from './faults.ts';
import type { SandboxChannel } from './sandbox-schema.ts';
import { noteViolation, type World, writeJournal } from './world.ts';

export type ApiCall = {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
  /** Named groups of the route's path. */
  params: Record<string, string>;
};

export type Answer = {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /** Sent instead of JSON. */
  redirectTo?: string;
  /** For the journal: why it was refused; unset = accepted. */
  refusal?: string;
};

/** What leaves the socket: an answer, or nothing but a closed connection. */
export type Outcome = { kind: 'answer'; answer: Answer; rawBody?: string } | { kind: 'hang_up' };

export type Route = {
  method: string;
  path: RegExp;
  scope: CallScope | ((call: ApiCall) => CallScope);
  handle(call: ApiCall): Answer | Promise<Answer>;
};

/** The channel's own way of saying no; two hosts of one channel may say it differently. */
export type FaultAnswers = {
  http500(): Answer;
  rateLimit(retryAfterMs: number): Answer;
  expiredToken(call: ApiCall): Answer;
  windowClosed(call: ApiCall): Answer;
  quotaUsedUp(call: ApiCall): Answer;
};

export type Provider = {
  channel: SandboxChannel;
  routes: Route[];
  /** Refusals that come before any route's work: token, rate. null = go on. */
  guard(call: ApiCall, scope: CallScope): Answer | null;
  unknownPath(call: ApiCall): Answer;
  faultAnswers: FaultAnswers;
};

const DEFAULT_STALL_MS = 35_000;
const DEFAULT_RETRY_AFTER_MS = 1_000;

/** Answers a call as the provider would; never throws. `sleep` is real time and may end early when the sandbox closes. */
export async function answerCall(
  deps: { world: World; sleep(ms: number): Promise<void> },
  provider: Provider,
  call: ApiCall,
): Promise<Outcome> {
  const { world } = deps;
  const route = findRoute(provider, call);
  if (route === null) return journaled(world, provider, call, unknown(world, provider, call));
  const scope = typeof route.scope === 'function' ? route.scope(call) : route.scope;
  const strikes = (kind: FaultKind) => world.faults.take(provider.channel, kind, scope);

  if (strikes('reset') !== null) return hangUp(world, provider, call, 'ngắt kết nối trước khi nhận');
  const before = faultBefore(provider, call, strikes) ?? provider.guard(call, scope);
  const answer = before ?? (await route.handle(call));
  journaled(world, provider, call, answer);
  if (before !== null) return { kind: 'answer', answer };

  const stall = strikes('stall');
  if (stall !== null) await deps.sleep(stall.ms ?? DEFAULT_STALL_MS);
  if (strikes('drop_answer') !== null) return hangUp(world, provider, call, 'đã nhận nhưng bỏ câu trả lời');
  if (strikes('bad_json') !== null) return { kind: 'answer', answer, rawBody: '{"data":{"message_id":"' };
  return { kind: 'answer', answer };
}

function findRoute(provider: Provider, call: ApiCall): Route | null {
  for (const route of provider.routes) {
    const match = route.method === call.method ? route.path.exec(call.path) : null;
    if (match === null) continue;
    Object.assign(call.params, match.groups);
    return route;
  }
  return null;
}

type Strikes = (kind: 'http500' | 'rate_limit' | 'expired_token' | 'window_closed' | 'quota_used_up') => {
  ms?: number | undefined;
} | null;

function faultBefore(provider: Provider, call: ApiCall, strikes: Strikes): Answer | null {
  if (strikes('http500') !== null) return provider.faultAnswers.http500();
  const tooFast = strikes('rate_limit');
  if (tooFast !== null) return provider.faultAnswers.rateLimit(tooFast.ms ?? DEFAULT_RETRY_AFTER_MS);
  if (strikes('expired_token') !== null) return provider.faultAnswers.expiredToken(call);
  if (strikes('window_closed') !== null) return provider.faultAnswers.windowClosed(call);
  if (strikes('quota_used_up') !== null) return provider.faultAnswers.quotaUsedUp(call);
  return null;
}

function unknown(world: World, provider: Provider, call: ApiCall): Answer {
  noteViolation(world, {
    channel: provider.channel,
    method: call.method,
    path: call.path,
    reason: 'no such path or method',
  });
  return provider.unknownPath(call);
}

function journaled(world: World, provider: Provider, call: ApiCall, answer: Answer): Outcome {
  const isOk = answer.refusal === undefined && answer.status < 400;
  writeJournal(world, {
    channel: provider.channel,
    personId: null,
    kind: 'call',
    isOk,
    title: `${call.method} ${call.path}`,
    detail: isOk ? 'đã nhận' : `từ chối: ${answer.refusal ?? `HTTP ${answer.status}`}`,
  });
  return { kind: 'answer', answer };
}

function hangUp(world: World, provider: Provider, call: ApiCall, detail: string): Outcome {
  writeJournal(world, {
    channel: provider.channel,
    personId: null,
    kind: 'fault',
    isOk: false,
    title: `${call.method} ${call.path}`,
    detail,
  });
  return { kind: 'hang_up' };
}

export type JsonBody = { ok: true; value: Record<string, unknown> } | { ok: false };

/** The body as a JSON object. */
export function readJsonBody(call: ApiCall): JsonBody {
  if (!(call.headers['content-type'] ?? '').includes('application/json')) return { ok: false };
  return parseObject(call.body.toString('utf8'));
}

export function parseObject(text: string): JsonBody {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { ok: true, value } : { ok: false };
  } catch {
    return { ok: false };
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type UploadedFile = { name: string; type: string; bytes: Buffer };
export type MultipartBody = { fields: Record<string, string>; files: Record<string, UploadedFile> };

/** The parts of a multipart body; null when it is none. */
export async function readMultipart(call: ApiCall): Promise<MultipartBody | null> {
  const type = call.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return null;
  try {
    const form = await new Response(new Uint8Array(call.body), { headers: { 'content-type': type } }).formData();
    const body: MultipartBody = { fields: {}, files: {} };
    for (const [name, part] of form) {
      if (typeof part === 'string') body.fields[name] = part;
      else body.files[name] = { name: part.name, type: part.type, bytes: Buffer.from(await part.arrayBuffer()) };
    }
    return body;
  } catch {
    return null;
  }
}
