// The road from the providers to us in a storm: takes each webhook once, and brings it, as providers do, until somebody
// says 2xx; some twice, some behind the next one, to any of the processes. It writes down who said what and when.
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createSlots } from '../../src/sandbox/slots.ts';
import { listenAnywhere } from '../outside/free-port.ts';
import type { Chance } from './chance.ts';

export type Carried = {
  /** Whose it is, and what they wrote; null for what is no message of a person (echoes, receipts). */
  message: { personId: string; text: string } | null;
  firstTriedAt: number;
  /** When the first 2xx came; null = not yet. */
  keptAt: number | null;
  /** 2xx answers: more than one is a repeat that was accepted as known. */
  acks: number;
};

export type Feed = {
  readonly url: string;
  readonly carried: Carried[];
  readonly seen: { tries: number; repeats: number; reordered: number; statuses: Map<number, number> };
  /** How many are still on their way. */
  underWay(): number;
  close(): Promise<void>;
};

export type FeedOptions = {
  /** Where the processes listen; asked at each try. */
  addresses: () => readonly string[];
  chance: Chance;
  twice?: number;
  reordered?: number;
};

const LONGEST_ANSWER_MS = 5_000;
const AT_ONCE = 48;

const isCount = (text: string): boolean => /\d/.test(text);

type Webhook = { path: string; headers: Record<string, string>; raw: Buffer };

export async function openFeed({ addresses, chance, twice = 0.2, reordered = 0.1 }: FeedOptions): Promise<Feed> {
  const carried: Carried[] = [];
  const seen: Feed['seen'] = { tries: 0, repeats: 0, reordered: 0, statuses: new Map() };
  const slots = createSlots(AT_ONCE);
  const lanes = new Map<string, Promise<void>>();
  const beginnings = new Map<string, PromiseWithResolvers<void>>();
  const begunOf = (lane: string) => {
    const begun = beginnings.get(lane) ?? Promise.withResolvers<void>();
    beginnings.set(lane, begun);
    return begun;
  };
  let count = 0;
  let isClosed = false;

  const tryOnce = async ({ path, headers, raw }: Webhook): Promise<number> => {
    const all = addresses();
    const address = all[Math.floor(chance() * all.length)];
    if (address === undefined) return 0;
    seen.tries += 1;
    const signal = AbortSignal.timeout(LONGEST_ANSWER_MS);
    const body = new Uint8Array(raw);
    const answer = await fetch(`${address}${path}`, { method: 'POST', headers, body, signal }).catch(() => null);
    await answer?.arrayBuffer().catch(() => undefined);
    const status = answer?.status ?? 0;
    seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1);
    return status;
  };
  const bring = async (webhook: Webhook, one: Carried): Promise<void> => {
    while (!isClosed) {
      const status = await slots.run(() => tryOnce(webhook));
      if (status >= 200 && status < 300) {
        one.keptAt ??= Date.now();
        one.acks += 1;
        return;
      }
      await wait(300 + chance() * 700);
    }
  };
  const carry = async (webhook: Webhook, one: Carried): Promise<void> => {
    one.firstTriedAt = Date.now();
    const copies = chance() < twice ? 2 : 1;
    const brought = Array.from({ length: copies }, async (_, copy) => {
      if (copy > 0) seen.repeats += 1;
      // The repeat comes at the same moment, or long after.
      if (copy > 0 && chance() < 0.5) await wait(chance() * 3_000);
      await bring(webhook, one);
    });
    // Only the first one holds up what comes after it.
    track(Promise.all(brought));
    await brought[0];
  };
  const track = (work: Promise<unknown>): void => {
    count += 1;
    void work.finally(() => {
      count -= 1;
    });
  };
  const known = new Set<string>();
  const take = (webhook: Webhook): void => {
    // On a busy machine the sandbox hears us too late and says it again: that is not a second delivery.
    const bytes = webhook.raw.toString('latin1');
    if (known.size === known.add(bytes).size) return;
    const message = messageOf(webhook.raw);
    const one: Carried = { message, firstTriedAt: 0, keptAt: null, acks: 0 };
    carried.push(one);
    if (message === null) return track(carry(webhook, one));
    const lane = message.personId;
    if (!isCount(message.text)) return track(carry(webhook, one).then(begunOf(lane).resolve));
    // Who has not begun cannot be answered, and a busy machine may hand us the first words after the second: all wait for them.
    const begun = begunOf(lane).promise;
    if (chance() < reordered) {
      // Out of the row: nobody waits for it.
      seen.reordered += 1;
      return track(begun.then(() => wait(chance() * 200)).then(() => carry(webhook, one)));
    }
    const turn = (lanes.get(lane) ?? begun).then(() => carry(webhook, one));
    lanes.set(lane, turn);
    track(turn);
  };
  const server = createServer((request, response) => {
    void readWebhook(request).then((webhook) => {
      take(webhook);
      response.writeHead(200).end();
    });
  });
  const url = await listenAnywhere(server);
  return {
    url,
    carried,
    seen,
    underWay: () => count,
    close: async () => {
      isClosed = true;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const KEPT_HEADERS = ['content-type', 'x-zevent-signature', 'x-hub-signature-256', 'x-hub-signature'];

async function readWebhook(request: IncomingMessage): Promise<Webhook> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return { path: request.url ?? '/', headers, raw: Buffer.concat(chunks) };
}

/** Of both providers: who wrote what; null for everything else. */
function messageOf(raw: Buffer): Carried['message'] {
  const body = JSON.parse(raw.toString('utf8'));
  if (body.event_name === 'user_send_text')
    return { personId: String(body.sender.id), text: String(body.message.text) };
  const one = body.entry?.[0]?.messaging?.[0];
  if (typeof one?.message?.text !== 'string' || one.message.is_echo === true) return null;
  return { personId: String(one.sender.id), text: one.message.text };
}
