// The doors of the providers, tried with everything that is nearly right: pieces of signatures, shifted boundaries,
// unknown kinds of events, challenges that carry scripts.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  newPeerId,
  pageKeys,
  pageTextOf,
  signPage,
  signZalo,
  VERIFY_TOKEN,
  zaloKeys,
  zaloTextOf,
} from '../outside/webhook.ts';
import { attackTexts } from './attack-texts.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';

let world: HostileWorld;
beforeAll(async () => {
  world = await openHostileWorld();
});
afterAll(() => world.close());

const LONG_AGO = Date.now() - 30 * 86_400_000;
const doors = {
  zalo: {
    header: 'x-zevent-signature',
    sign: (body: string) => signZalo(body),
    good: () => zaloTextOf(newPeerId(), 'chào', LONG_AGO),
  },
  messenger: {
    header: 'x-hub-signature-256',
    sign: (body: string) => signPage(body),
    good: () => pageTextOf(newPeerId(), 'chào', LONG_AGO),
  },
} as const;

async function post(door: keyof typeof doors, body: string, headers: Record<string, string>): Promise<number> {
  return (await world.ask({ method: 'POST', url: `/webhooks/${door}`, headers, body })).statusCode;
}

describe.each(['zalo', 'messenger'] as const)('%s', (name) => {
  const door = doors[name];

  test('every piece of a right signature, joined and doubled: 401 and no row', async () => {
    const body = door.good();
    const right = door.sign(body);
    const pieces = Array.from({ length: right.length }, (_, length) => [
      right.slice(0, length),
      right.slice(length + 1),
    ]).flat();
    const joined = [
      `${right},${right}`,
      `${right}; ${right}`,
      `${right} ${right}`,
      `${right},`,
      `,${right}`,
      `"${right}"`,
    ];
    const before = await world.counts();
    for (const value of [...pieces, ...joined]) {
      // What Zalo writes after "mac=" may stand alone.
      if (name === 'zalo' && value === right.slice(4)) continue;
      expect(await post(name, body, { [door.header]: value }), value).toBe(401);
    }
    for (const header of ['x-signature', 'authorization', 'x-hub-signature', 'x-zevent-signature-256', 'cookie'])
      expect(await post(name, body, { [header]: right }), header).toBe(401);
    expect(await world.counts()).toEqual(before);
    expect(await post(name, body, { [door.header]: right })).toBe(200);
  });

  test('1,000 unknown kinds of events: kept, counted as unhandled, nobody is answered', {
    timeout: 120_000,
  }, async () => {
    await world.worked();
    const before = await world.counts();
    const names = fc.sample(fc.string({ minLength: 1, maxLength: 30 }), { numRuns: 1_000, seed: 3 });
    const bodies = names.map((odd, n) => unknownEvent(name, `${odd}_${n}`));
    const statuses = await Promise.all(bodies.map((body) => post(name, body, { [door.header]: door.sign(body) })));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await world.worked();
    const after = await world.counts();
    expect(Number(after.webhook_deliveries) - Number(before.webhook_deliveries)).toBe(1_000);
    expect(after.outbound_messages).toBe(before.outbound_messages);
    const [unhandled] = await world.rows(
      `SELECT count(*)::int AS n FROM touchpoints WHERE kind = 'unhandled_event' AND channel = $1`,
      [name],
    );
    expect(Number(unhandled?.n)).toBeGreaterThanOrEqual(1_000);
    const metrics = await world.ask({ url: '/metrics' });
    expect(metrics.body).toContain(`channel="${name}"`);
  });
});

function unknownEvent(channel: 'zalo' | 'messenger', name: string): string {
  if (channel === 'zalo')
    return JSON.stringify({
      app_id: zaloKeys.appId,
      event_name: `new ${name}`,
      sender: { id: newPeerId() },
      recipient: { id: zaloKeys.oaId },
      timestamp: String(LONG_AGO),
    });
  const messaging = [
    { sender: { id: newPeerId() }, recipient: { id: pageKeys.pageId }, timestamp: LONG_AGO, [`new ${name}`]: { a: 1 } },
  ];
  return JSON.stringify({ object: 'page', entry: [{ id: pageKeys.pageId, time: LONG_AGO, messaging }] });
}

describe("Zalo's digest joins its parts without separators", () => {
  test('5,000 ways of moving bytes between them change nothing', { timeout: 120_000 }, async () => {
    const before = await world.counts();
    const cases = fc.sample(
      fc.record({
        cut: fc.integer({ min: 1, max: 400 }),
        side: fc.constantFrom('app', 'end', 'both', 'inside'),
        text: fc.string({ maxLength: 30 }),
      }),
      { numRuns: 5_000, seed: 16 },
    );
    const statuses: Record<number, number> = {};
    for (let from = 0; from < cases.length; from += 50) {
      const some = cases.slice(from, from + 50).map(async ({ cut, side, text }) => {
        const body = zaloTextOf('1', text, LONG_AGO);
        const moved = shift(body, side, cut);
        if (moved === body) return;
        // The digest of the honest body fits the joined bytes of the moved one.
        const status = await post('zalo', moved, { 'x-zevent-signature': signZalo(body) });
        statuses[status] = (statuses[status] ?? 0) + 1;
      });
      await Promise.all(some);
    }
    expect(
      Object.keys(statuses)
        .map(Number)
        .filter((status) => status !== 401 && status !== 400),
    ).toEqual([]);
    expect(await world.counts()).toEqual(before);
  });

  test('a body that swallowed its own timestamp is no JSON: 400, nothing kept', async () => {
    const body = zaloTextOf('1', 'xin chào', LONG_AGO);
    const swallowed = `${body}${LONG_AGO}`;
    const joined = createHash('sha256').update(`${zaloKeys.appId}${swallowed}${zaloKeys.oaSecretKey}`).digest('hex');
    expect(signZalo(body)).toBe(`mac=${joined}`);
    const before = await world.counts();
    expect(await post('zalo', swallowed, { 'x-zevent-signature': `mac=${joined}` })).toBe(400);
    expect(await world.counts()).toEqual(before);
  });
});

function shift(body: string, side: string, cut: number): string {
  const whole = `${zaloKeys.appId}${body}${LONG_AGO}`;
  const start = zaloKeys.appId.length;
  const end = start + body.length;
  if (side === 'app') return whole.slice(Math.max(0, start - (cut % 18)), end);
  if (side === 'end') return whole.slice(start, end + 1 + (cut % 13));
  if (side === 'both') return whole.slice(Math.max(0, start - (cut % 18)), end + (cut % 13));
  return body.slice(0, Math.max(1, body.length - (cut % body.length)));
}

test('500 challenges that carry scripts come back as plain text or not at all', async () => {
  for (const challenge of attackTexts(500)) {
    const ask = (token: string) =>
      world.ask({
        url: `/webhooks/messenger?${new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': challenge })}`,
      });
    const refused = await ask('wrong');
    expect([refused.statusCode, refused.body]).toEqual([403, 'Forbidden']);
    const answer = await ask(VERIFY_TOKEN);
    expect([200, 403]).toContain(answer.statusCode);
    for (const { headers } of [answer, refused]) {
      expect(headers['content-type']).toMatch(/^text\/plain/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toBeDefined();
    }
  }
});
