// Signatures and waits, by the document of Standard Webhooks.
import { describe, expect, it, test } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { describeEvent } from '../../src/webhooks/describe-event.ts';
import { openSecrets, rotateSecrets, sealSecrets } from '../../src/webhooks/endpoint-secrets.ts';
import { readRetryAfter, waitAfter } from '../../src/webhooks/retry-table.ts';
import { refuseUrl, sendWebhook } from '../../src/webhooks/send-webhook.ts';
import { signWebhook } from '../../src/webhooks/sign-webhook.ts';

const now = new Date('2026-11-21T03:00:00Z');

test('the known answer of Standard Webhooks', () => {
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const headers = signWebhook({ id, at: new Date(1_614_265_330_000), body: '{"test": 2432232314}' }, [
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  ]);
  expect(headers).toEqual({
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('the waits: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 hours, then never', () => {
  const seconds = Array.from({ length: 10 }, (_, n) => (waitAfter(n + 1, null, () => 0) ?? Number.NaN) / 1_000);
  expect(seconds).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, Number.NaN]);
  expect(waitAfter(2, null, () => 0.99)).toBeGreaterThan(300_000);
  expect(waitAfter(1, 120_000, () => 0)).toBe(120_000);
  expect(waitAfter(1, 999 * 86_400_000, () => 0)).toBe(86_400_000);
});

test('Retry-After in seconds and as a date', () => {
  expect(readRetryAfter('30', now)).toBe(30_000);
  expect(readRetryAfter('Sat, 21 Nov 2026 03:01:00 GMT', now)).toBe(60_000);
  expect(readRetryAfter('soon', now)).toBeNull();
  expect(readRetryAfter(undefined, now)).toBeNull();
});

describe('secrets', () => {
  const key = { secretKey: Buffer.alloc(32, 1), random: (size: number) => Buffer.alloc(size, 3) };

  it('the old one holds for a day beside the new one', () => {
    const clock = createManualClock(now);
    const rotated = rotateSecrets([{ secret: 'old', retiresAt: null }], 'new', clock.now());
    const sealed = sealSecrets(key, 'e1', rotated);
    const names = () => openSecrets(key, 'e1', sealed, clock.now()).map((one) => one.secret);
    expect(names()).toEqual(['new', 'old']);
    clock.advance(24 * 3_600_000);
    expect(names()).toEqual(['new']);
  });

  it('cannot be read with another key or moved to another endpoint', () => {
    const sealed = sealSecrets(key, 'e1', [{ secret: 's', retiresAt: null }]);
    expect(Buffer.concat(sealed).includes('whsec')).toBe(false);
    expect(openSecrets({ secretKey: Buffer.alloc(32, 2) }, 'e1', sealed, now)).toEqual([]);
    expect(openSecrets(key, 'e2', sealed, now)).toEqual([]);
  });
});

test('the outside hears ids and numbers, no words of customers and no phone', () => {
  const data = {
    code: 'GIAHAN',
    score: 2,
    comment: 'Tệ quá',
    phone: '84912345678',
    detail: { text: 'x' },
    reason: 'chê',
  };
  const body = describeEvent({ type: 'survey.answered', at: now, data, customer: 'KH-1' });
  expect(JSON.parse(body)).toEqual({
    type: 'survey.answered',
    timestamp: '2026-11-21T03:00:00.000Z',
    data: { customer: 'KH-1', code: 'GIAHAN', score: 2 },
  });
});

describe('where we connect', () => {
  test.each([
    ['http://crm.example.com/x', false, 'must be https'],
    ['http://127.0.0.1:4000/x', false, 'must be https'],
    ['http://10.0.0.1/x', true, 'must be https (http only to 127.0.0.1)'],
    ['ftp://example.com', true, 'must be https (http only to 127.0.0.1)'],
    ['https://user:pw@example.com', true, 'must not hold a name or password'],
    ['no address', true, 'is not an address'],
    ['http://127.0.0.1:4000/x', true, null],
    ['https://crm.example.com:8443/x', false, null],
  ])('%s (loopback %s): %s', (url, mayUseLoopback, refusal) => {
    expect(refuseUrl(url, { mayUseLoopback })).toBe(refusal);
  });

  test.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', 'fd00::1', '::ffff:127.0.0.1'])(
    'a name that leads to %s is not connected to, also when the second answer is public',
    async (address) => {
      const answers = [
        { address: '93.184.216.34', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ];
      const rules = { timeoutMs: 1_000, mayUseLoopback: false, resolve: async () => answers };
      const result = await sendWebhook('https://crm.example.com/x', { body: '{}', headers: {} }, rules, now);
      expect(result).toMatchObject({ isDelivered: false, status: null });
      expect(result).toHaveProperty('error', expect.stringContaining('network of our own'));
    },
  );
});
