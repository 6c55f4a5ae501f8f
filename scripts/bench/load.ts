// Signed Messenger webhooks from many customers, each body different: as many as are taken, or so many a second.
import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import autocannon from 'autocannon';
import { quantile } from './figure.ts';
import { eachSecond } from './messages.ts';
import { textWebhook } from './text-webhook.ts';

export type LoadResult = { requests: number; seconds: number; p50: number; p99: number; non2xx: number };

let serial = 0;

const USUAL_WORDS = ['hai', 'một'] as const;

function webhook({ customers, words = USUAL_WORDS }: Pick<Load, 'customers' | 'words'>): string {
  serial += 1;
  const sender = `20000000000${String(serial % customers).padStart(6, '0')}`;
  return textWebhook({
    sender,
    mid: `m_bench-${process.pid}-${Date.now()}-${serial}`,
    text: words[serial % words.length] ?? '',
  });
}

function signed(body: string, secret: string): Record<string, string> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
}

/** `words`: what people write, in turn. */
export type Load = {
  connections: number;
  seconds: number;
  customers: number;
  secret: string;
  words?: readonly string[];
};

/** Posts for `seconds`, the next when one is answered, and answers what came back; latencies in milliseconds. */
export async function postWebhooks(
  address: string,
  { connections, seconds, secret, ...people }: Load,
): Promise<LoadResult> {
  const result = await autocannon({
    url: `${address}/webhooks/messenger`,
    connections,
    duration: seconds,
    method: 'POST',
    requests: [
      {
        setupRequest: (request) => {
          const body = webhook(people);
          return { ...request, body, headers: signed(body, secret) };
        },
      },
    ],
  });
  return {
    requests: result['2xx'],
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    non2xx: result.non2xx + result.errors,
  };
}

/**
 * Posts `rate` a second, evenly, whether or not the last were answered. Latency counts from the moment a post was due, so
 * that waiting for a connection, or for this process, is no excuse. (autocannon would send each second's share at once.)
 */
export async function postAtRate(
  address: string,
  { connections, seconds, rate, ...people }: Load & { rate: number },
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  const under = new Set<Promise<unknown>>();
  let non2xx = 0;
  const began = performance.now();
  await eachSecond(rate, seconds, (n) => {
    const one = postOnce(agent, address, people).then((status) => {
      if (status >= 200 && status < 300) latencies.push(performance.now() - began - (n * 1000) / rate);
      else non2xx += 1;
    });
    under.add(one);
    void one.finally(() => under.delete(one));
  });
  const took = (performance.now() - began) / 1000;
  await Promise.all(under);
  agent.destroy();
  const [p50, p99] = [0.5, 0.99].map((share) => Math.round(quantile(latencies, share)));
  return { requests: latencies.length, seconds: took, p50: p50 ?? 0, p99: p99 ?? 0, non2xx };
}

/** The status of the answer; 0 = there was none. */
function postOnce(agent: Agent, address: string, { secret, ...people }: Omit<Load, 'connections' | 'seconds'>) {
  const body = webhook(people);
  const headers = { ...signed(body, secret), 'content-length': Buffer.byteLength(body) };
  return new Promise<number>((resolve) => {
    const call = request(`${address}/webhooks/messenger`, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    call.once('error', () => resolve(0)).end(body);
  });
}
