// What a webhook is answered when keeping it fails: a body that cannot be worked is kept as its bytes, and never refused for ever.
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import type { Channel } from '../../src/channels/channel.ts';
import { createManualClock } from '../../src/clock.ts';
import { DatabaseUnavailableError } from '../../src/errors.ts';
import type { Delivery } from '../../src/inbound/record-events.ts';
import { registerWebhooks } from '../../src/inbound/routes.ts';
import { event } from './a-delivery.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
const BYTES = '{"object":"page"}';

/** One delivery, kept by `record`; what it was answered, and what was asked to be kept. */
async function deliver(record: (delivery: Delivery) => Promise<void>) {
  const asked: Delivery[] = [];
  const counted: string[] = [];
  const channel: Pick<Channel, 'name' | 'accountId' | 'isSignatureValid' | 'parseWebhook'> = {
    name: 'messenger',
    accountId: '100',
    isSignatureValid: () => true,
    parseWebhook: () => ({ ok: true, events: [event({ channel: 'messenger' })] }),
  };
  const app = Fastify();
  await registerWebhooks(app, {
    // Nothing else of it is asked for by the routes.
    channels: new Map([['messenger', channel as Channel]]),
    recorder: {
      record: async (delivery) => {
        asked.push(delivery);
        await record(delivery);
      },
      drain: async () => undefined,
    },
    clock: createManualClock(NOW),
    messengerVerifyToken: null,
    zaloVerifier: null,
    count: (_channel, outcome) => counted.push(outcome),
  });
  const answer = await app.inject({ method: 'POST', url: '/webhooks/messenger', payload: BYTES });
  return { answer, asked, counted };
}

test('events that the database refuses: the bytes alone are kept, and the provider is thanked', async () => {
  const { answer, asked, counted } = await deliver(async ({ events }) => {
    if (events.length > 0) throw new Error('invalid input syntax for type json');
  });
  expect(answer.statusCode).toBe(200);
  expect(asked.map(({ raw, events }) => [raw.toString(), events.length > 0])).toEqual([
    [BYTES, true],
    [BYTES, false],
  ]);
  expect(counted).toEqual(['accepted']);
});

test('a database that is away: 503 with the time to come back, and nothing is tried in its stead', async () => {
  const { answer, asked, counted } = await deliver(async () => {
    throw new DatabaseUnavailableError('gone');
  });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('5');
  expect(asked).toHaveLength(1);
  expect(counted).toEqual(['unavailable']);
});

test('also when it goes between the two', async () => {
  const { answer } = await deliver(async ({ events }) => {
    throw events.length > 0 ? new Error('refused') : new DatabaseUnavailableError('gone');
  });
  expect(answer.statusCode).toBe(503);
});
