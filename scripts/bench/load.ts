// Signed Messenger webhooks from many customers, each body different, sent over a fixed number of connections.
import { createHmac } from 'node:crypto';
import autocannon from 'autocannon';
import { textWebhook } from './text-webhook.ts';

export type LoadResult = { requests: number; seconds: number; p50: number; p99: number; non2xx: number };

let serial = 0;

function webhook(customers: number): string {
  serial += 1;
  const sender = `20000000000${String(serial % customers).padStart(6, '0')}`;
  return textWebhook({
    sender,
    mid: `m_bench-${process.pid}-${Date.now()}-${serial}`,
    text: serial % 2 ? 'một' : 'hai',
  });
}

/** Posts for `seconds` and answers what came back; latencies in milliseconds. */
export async function postWebhooks(
  address: string,
  {
    connections,
    seconds,
    customers,
    secret,
    rate,
  }: { connections: number; seconds: number; customers: number; secret: string; rate?: number },
): Promise<LoadResult> {
  const result = await autocannon({
    url: `${address}/webhooks/messenger`,
    connections,
    duration: seconds,
    // So many a second whether or not the last were answered; waiting for a free connection counts as latency.
    ...(rate === undefined ? {} : { overallRate: rate }),
    method: 'POST',
    requests: [
      {
        setupRequest: (request) => {
          const body = webhook(customers);
          const signature = createHmac('sha256', secret).update(body).digest('hex');
          const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
          return { ...request, body, headers };
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
