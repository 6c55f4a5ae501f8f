// One POST to somebody else's endpoint: nothing but a 2xx counts, no redirect is followed, no neighbour is connected to.
import { connect, findPlace, type Resolve } from '../channels/media/safe-connect.ts';
import { readRetryAfter } from './retry-table.ts';

export type SendRules = {
  timeoutMs: number;
  /** Also plain http to this machine: for trying things out. */
  mayUseLoopback: boolean;
  resolve?: Resolve | undefined;
};

export type PostResult =
  | { isDelivered: true; status: number }
  | { isDelivered: false; status: number | null; error: string; retryAfterMs: number | null };

const TIMEOUT_MS = 15_000;

/** As the settings have it. */
export function webhookRules(config: { mayWebhooksUseLoopback: boolean }): SendRules {
  return { timeoutMs: TIMEOUT_MS, mayUseLoopback: config.mayWebhooksUseLoopback };
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Why this may not be an endpoint's address; null when it may. What its name resolves to is checked at each attempt. */
export function refuseUrl(text: string, { mayUseLoopback }: Pick<SendRules, 'mayUseLoopback'>): string | null {
  const url = URL.parse(text);
  if (!url) return 'is not an address';
  if (url.username !== '' || url.password !== '') return 'must not hold a name or password';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:' && mayUseLoopback && LOOPBACK.has(url.hostname)) return null;
  return mayUseLoopback ? 'must be https (http only to 127.0.0.1)' : 'must be https';
}

/** Never throws; `now` is what Retry-After is counted from. */
export async function sendWebhook(
  url: string,
  { body, headers }: { body: string; headers: Record<string, string> },
  rules: SendRules,
  now: Date,
): Promise<PostResult> {
  const refusal = refuseUrl(url, rules);
  if (refusal !== null) return failed(null, `The address ${refusal}.`);
  const signal = AbortSignal.timeout(rules.timeoutMs);
  const isTrusted = (place: URL) => rules.mayUseLoopback && LOOPBACK.has(place.hostname);
  const place = await findPlace(url, { isTrusted, mayUseAnyPort: true, resolve: rules.resolve }, signal);
  if (!place.ok) return failed(null, WHY[place.code]);
  try {
    const all = { 'content-type': 'application/json', 'user-agent': 'GanBo-Webhooks/1', ...headers };
    const sized = { ...all, 'content-length': String(Buffer.byteLength(body)) };
    const response = await connect(place, { method: 'POST', headers: sized, body }, signal);
    const status = response.statusCode ?? 0;
    const retryAfter = response.headers['retry-after'];
    // What they write is of no interest, and may be endless.
    response.destroy();
    if (status >= 200 && status < 300) return { isDelivered: true, status };
    const isRedirect = status >= 300 && status < 400;
    const error = isRedirect ? `Answered ${status}; redirects are not followed.` : `Answered ${status}.`;
    return { ...failed(status, error), retryAfterMs: readRetryAfter(retryAfter, now) };
  } catch (error) {
    return failed(null, signal.aborted ? `No answer within ${rules.timeoutMs / 1_000} s.` : reasonOf(error));
  }
}

const WHY = {
  bad_address: 'The address is not one of the web.',
  forbidden_address: 'The name leads into a network of our own, where nothing is sent.',
  unreachable: 'The name cannot be resolved.',
};

function failed(status: number | null, error: string) {
  return { isDelivered: false as const, status, error, retryAfterMs: null };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return `The connection failed (${code}).`;
}
