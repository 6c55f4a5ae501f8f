// What customers may really send and no program likes: it is kept byte for byte, answered once, shown to staff, and ids
// survive to the last digit. POISON_TEXTS=5000 for more random texts.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPeerId, pageTextOf, signPage, signZalo, zaloTextOf } from '../outside/webhook.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';

const RANDOM_TEXTS = Number(process.env.POISON_TEXTS ?? 200);

let world: HostileWorld;
let agent: Record<string, string>;
beforeAll(async () => {
  world = await openHostileWorld();
  agent = await world.signIn('manager');
});
afterAll(() => world.close());

const channels = ['zalo', 'messenger'] as const;
type Channel = (typeof channels)[number];

const poison: Record<string, string> = {
  'a NUL': 'trước\u0000sau',
  'only NULs': '\u0000\u0000\u0000',
  'half surrogates': '\ud83d giữa \udc00',
  'a text of a million letters': 'ữ'.repeat(300_000),
  '100,000 combining marks': `a${'\u0301'.repeat(100_000)}`,
  'the other direction': '\u202e\u2066nổi loạn\u2069\u200f\u061c',
  'nothing that is seen': '\u200b\u200c\u200d\ufeff\u2060',
  'line ends of all kinds': 'a\r\nb\u2028c\u2029d\u0085e\u000bf',
  markup: '<script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}$'.concat('{7*7}'),
  'a formula': '=HYPERLINK("http://evil.example","x")',
  statements: "'; DROP TABLE customers; --\\",
  'names of our own': '__proto__ constructor prototype toString {customer.name} {__proto__.x}',
  'flags and families': '👨‍👩‍👧‍👦🇻🇳'.repeat(2_000),
  Zalgo: 'h\u0489\u0321\u0334'.repeat(20_000),
};

function bodyOf(channel: Channel, peer: string, text: string): string {
  return channel === 'zalo' ? zaloTextOf(peer, text) : pageTextOf(peer, text);
}

async function post(channel: Channel, body: string): Promise<number> {
  const headers: Record<string, string> =
    channel === 'zalo' ? { 'x-zevent-signature': signZalo(body) } : { 'x-hub-signature-256': signPage(body) };
  return (await world.ask({ method: 'POST', url: `/webhooks/${channel}`, headers, body })).statusCode;
}

/** What staff are shown of what somebody wrote. */
async function shownOf(peer: string): Promise<unknown[]> {
  const [found] = await world.rows(
    'SELECT c.id FROM conversations c JOIN channel_identities i ON i.id = c.identity_id WHERE i.external_id = $1',
    [peer],
  );
  const thread = await world.ask({ url: `/api/v1/inbox/conversations/${found?.id}/timeline`, headers: agent });
  expect(thread.statusCode).toBe(200);
  const items: { kind: string; text: string }[] = thread.json().items;
  return items.filter(({ kind }) => kind === 'in').map(({ text }) => text);
}

const asKept = (text: string) => text.toWellFormed().replaceAll('\u0000', '').normalize('NFC');

describe.each(channels)('%s', (channel) => {
  test.each(Object.entries(poison))('%s', async (_what, text) => {
    const peer = newPeerId();
    const body = bodyOf(channel, peer, text);
    expect(await post(channel, body)).toBe(200);
    // As a provider would whose line broke off.
    expect(await post(channel, body)).toBe(200);
    await world.worked();
    const kept = await world.rows('SELECT raw FROM webhook_deliveries WHERE raw = $1', [Buffer.from(body)]);
    expect(kept).toHaveLength(1);
    const shown = await shownOf(peer);
    expect(shown).toHaveLength(1);
    expect(asKept(text).startsWith(String(shown[0] ?? '').slice(0, 50))).toBe(true);
  });

  test(`${RANDOM_TEXTS} random texts of any characters`, { timeout: 120_000 }, async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: RANDOM_TEXTS, seed: 7 });
    const said = texts.map((text) => ({ peer: newPeerId(), text }));
    const statuses = await Promise.all(said.map(({ peer, text }) => post(channel, bodyOf(channel, peer, text))));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await world.worked();
    const rows = await world.rows(
      `SELECT i.external_id AS id, t.text FROM touchpoints t JOIN conversations c ON c.id = t.conversation_id
       JOIN channel_identities i ON i.id = c.identity_id WHERE t.kind = 'message_in' AND i.external_id = ANY($1)`,
      [said.map(({ peer }) => peer)],
    );
    const textOf = new Map(rows.map(({ id, text }) => [id, text ?? '']));
    const wrong = said.filter(({ peer, text }) => asKept(text).trim() !== String(textOf.get(peer)).trim());
    expect(wrong).toEqual([]);
  });

  test.each([
    ['of 20 digits as a number', '12345678901234567890'],
    ['of 17 digits as a number', '98765432109876543'],
  ])('an id %s survives', async (_what, id) => {
    const body = bodyOf(channel, 'PEER', 'xin chào').replace('"id":"PEER"', `"id":${id}`);
    expect(await post(channel, body)).toBe(200);
    await world.worked();
    const known = await world.rows(
      'SELECT external_id FROM channel_identities WHERE channel = $1 AND external_id = $2',
      [channel, id],
    );
    expect(known).toHaveLength(1);
  });

  test('an id of 300 digits is nobody, and never a shortened somebody', async () => {
    const body = bodyOf(channel, 'PEER', 'xin chào').replace('"PEER"', `"${'7'.repeat(300)}"`);
    expect(await post(channel, body)).toBe(200);
    await world.worked();
    expect(await world.rows(`SELECT 1 FROM channel_identities WHERE external_id LIKE '777%'`)).toEqual([]);
  });

  test.each([
    ['1e400', '1e400'],
    ['arrays 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('%s where a text belongs: kept, nobody harmed', async (_what, raw) => {
    const body = bodyOf(channel, newPeerId(), '@@').replace('"@@"', raw);
    expect([200, 400, 413]).toContain(await post(channel, body));
    await world.worked();
  });
});

test('everything was worked, nothing parked, nothing logged as an error; lists and search still answer', async () => {
  expect(await world.rows('SELECT * FROM inbound_queue')).toEqual([]);
  expect(world.log.filter((line) => Number(JSON.parse(line).level) >= 50)).toEqual([]);
  for (const url of [
    '/inbox/conversations',
    '/inbox/conversations?queue=all',
    '/search?q=script',
    '/search?q=%E2%80%AE',
    '/inbox/counts',
  ])
    expect((await world.ask({ url: `/api/v1${url}`, headers: agent })).statusCode, url).toBe(200);
});
