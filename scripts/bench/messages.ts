// Signed messages of Messenger's customers, each with an id of its own.
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { APP_SECRET } from './program.ts';
import { textWebhook } from './text-webhook.ts';

let serial = 0;

/** The id of the bench's nth customer, as the provider sees it. */
export function personId(person: number): string {
  return `30000000000${String(person).padStart(6, '0')}`;
}

/** The status of the answer. */
export async function postMessage(address: string, person: number, text: string): Promise<number> {
  serial += 1;
  const body = textWebhook({ sender: personId(person), mid: `m_r${process.pid}-${serial}`, text });
  const signature = createHmac('sha256', APP_SECRET).update(body).digest('hex');
  const answer = await fetch(`${address}/webhooks/messenger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Calls `work` so many times a second, whatever each takes, from `seconds` long; answers when the last was begun. */
export async function eachSecond(perSecond: number, seconds: number, work: (n: number) => void): Promise<void> {
  const began = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const due = began + (n * 1000) / perSecond;
    if (performance.now() < due) await wait(Math.max(1, due - performance.now()));
    work(n);
  }
}

/** Asks every 20 ms until `is` holds; false when it did not within `withinMs`. */
export async function within(withinMs: number, is: () => boolean): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!is()) {
    if (performance.now() > end) return false;
    await wait(20);
  }
  return true;
}
