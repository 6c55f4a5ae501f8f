// The providers' side of our webhooks: signed bytes, first tries in order per person, retries with the same bytes.
import { Agent } from 'node:http';
import axios from 'axios';
import type { SandboxChannel } from './sandbox-schema.ts';
import { createSlots } from './slots.ts';
import { type World, writeJournal } from './world.ts';

export type OutgoingWebhook = {
  channel: SandboxChannel;
  personId: string | null;
  /** The provider's name for it, for the journal. */
  event: string;
  raw: Buffer;
  headers: Record<string, string>;
  /** Called once: whether somebody answered 2xx in the end. */
  onEnd?(isDelivered: boolean): void;
};

export type WebhookAnswer = { status: number; body: string };

export type WebhookSender = {
  queue(webhook: OutgoingWebhook, delayMs?: number): void;
  /** One try, now, without faults or retries. Status 0 = nobody answered. */
  sendOnce(webhook: OutgoingWebhook): Promise<WebhookAnswer>;
  /** Resolves when nothing is on its way or waiting for another try. */
  settled(): Promise<void>;
  close(): void;
};

export type WebhookOptions = {
  urls: Record<SandboxChannel, string>;
  /** Waits between tries; the length is the number of retries. Real time, whatever the sandbox's clock says. */
  retryAfterMs: readonly number[];
  maxConcurrent?: number;
};

/** What the providers allow a receiver (Zalo 2 s, Messenger 5 s). */
const TIMEOUT_MS: Record<SandboxChannel, number> = { zalo: 2_000, messenger: 5_000 };

export function createWebhookSender(world: World, options: WebhookOptions): WebhookSender {
  const stop = new AbortController();
  const timers = createTimers();
  const idle = createIdleGate();
  const post = createPoster(options, stop.signal);
  const startInLane = createLanes(idle, (webhook) => attempt(webhook, 0));

  async function attempt(webhook: OutgoingWebhook, number: number): Promise<void> {
    const answer = await post(webhook, number);
    if (stop.signal.aborted) return;
    const isOk = answer.status >= 200 && answer.status < 300;
    writeWebhookLine(world, webhook, number, answer);
    const pause = options.retryAfterMs[number];
    if (isOk || pause === undefined) {
      webhook.onEnd?.(isOk);
      return;
    }
    // A retry never holds up what comes after it: like the real ones, later events overtake a failed one.
    void idle.during(timers.wait(pause).then(() => attempt(webhook, number + 1)));
  }

  const startAfter = (webhook: OutgoingWebhook, ms: number) =>
    ms > 0 ? void idle.during(timers.wait(ms).then(() => startInLane(webhook))) : startInLane(webhook);

  return {
    queue: createFaultyQueue(world, startAfter),
    sendOnce: (webhook) => idle.during(post(webhook, 0)),
    settled: idle.wait,
    close() {
      stop.abort();
      timers.clear();
      post.close();
    },
  };
}

/** Lets the webhook faults strike before a webhook goes on its way. */
function createFaultyQueue(world: World, startAfter: (webhook: OutgoingWebhook, ms: number) => void) {
  const heldBack = new Map<SandboxChannel, () => void>();
  return (webhook: OutgoingWebhook, delayMs = 0): void => {
    const { channel } = webhook;
    if (world.faults.take(channel, 'webhook_never') !== null) return;
    const late = (world.faults.take(channel, 'webhook_late')?.ms ?? 0) + delayMs;
    const copies = world.faults.take(channel, 'webhook_twice') === null ? 1 : 2;
    const start = () => {
      for (let copy = 0; copy < copies; copy += 1) startAfter(webhook, late);
    };
    if (!heldBack.has(channel) && world.faults.take(channel, 'webhook_reordered') !== null) {
      heldBack.set(channel, start);
      return;
    }
    start();
    const release = heldBack.get(channel);
    heldBack.delete(channel);
    release?.();
  };
}

/** First tries of one person go one after another; those of different people side by side. */
function createLanes(idle: IdleGate, attempt: (webhook: OutgoingWebhook) => Promise<void>) {
  const lanes = new Map<string, Promise<void>>();
  return (webhook: OutgoingWebhook): void => {
    const lane = `${webhook.channel}:${webhook.personId ?? ''}`;
    const turn = (lanes.get(lane) ?? Promise.resolve()).then(() => attempt(webhook));
    lanes.set(lane, turn);
    const leave = () => {
      if (lanes.get(lane) === turn) lanes.delete(lane);
    };
    void idle.during(turn.finally(leave));
  };
}

/** One POST; status 0 = nobody answered in time. */
function createPoster(options: WebhookOptions, signal: AbortSignal) {
  const agent = new Agent({ keepAlive: true });
  const slots = createSlots(options.maxConcurrent ?? 64);
  const post = async (webhook: OutgoingWebhook, retryNumber: number): Promise<WebhookAnswer> => {
    try {
      const answer = await axios.post<string>(options.urls[webhook.channel], webhook.raw, {
        headers: { ...webhook.headers, ...(retryNumber > 0 ? retryHeader(webhook.channel, retryNumber) : {}) },
        httpAgent: agent,
        proxy: false,
        maxRedirects: 0,
        timeout: TIMEOUT_MS[webhook.channel],
        signal,
        responseType: 'text',
        transformResponse: (body) => body,
        validateStatus: () => true,
      });
      return { status: answer.status, body: String(answer.data) };
    } catch {
      return { status: 0, body: '' };
    }
  };
  const postInTurn = (webhook: OutgoingWebhook, retryNumber: number) => slots.run(() => post(webhook, retryNumber));
  return Object.assign(postInTurn, { close: () => agent.destroy() });
}

function writeWebhookLine(world: World, webhook: OutgoingWebhook, number: number, answer: WebhookAnswer): void {
  writeJournal(world, {
    channel: webhook.channel,
    personId: webhook.personId,
    kind: 'webhook',
    isOk: answer.status >= 200 && answer.status < 300,
    title: `${webhook.event}${number > 0 ? ` (lần ${number + 1})` : ''}`,
    detail: answer.status === 0 ? 'không ai trả lời' : `HTTP ${answer.status}`,
  });
}

function createTimers() {
  const timers = new Set<NodeJS.Timeout>();
  return {
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, ms);
        timers.add(timer);
      }),
    clear() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function retryHeader(channel: SandboxChannel, number: number): Record<string, string> {
  return channel === 'zalo' ? { num_retry: String(number) } : {};
}

type IdleGate = ReturnType<typeof createIdleGate>;

function createIdleGate() {
  let running = 0;
  let waiting: (() => void)[] = [];
  return {
    async during<T>(work: Promise<T>): Promise<T> {
      running += 1;
      try {
        return await work;
      } finally {
        running -= 1;
        if (running === 0) {
          for (const resolve of waiting) resolve();
          waiting = [];
        }
      }
    },
    wait: () => (running === 0 ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))),
  };
}
