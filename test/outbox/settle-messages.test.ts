// What becomes of a message whose fate is unknown: found, surely absent, or for a person to decide. Never said twice.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, SentLookup } from '../../src/channels/channel.ts';
import { createLookUpPace } from '../../src/channels/messenger/look-up-pace.ts';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { type DeliveryResult, saveResults } from '../../src/outbox/save-results.ts';
import { settleMessages } from '../../src/outbox/settle-messages.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: MovableClock;
const START = new Date('2026-11-23T03:00:00Z');

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.close();
});
beforeEach(async () => {
  clock = createManualClock(START);
  await db.pool.query('TRUNCATE outbound_messages, touchpoints, conversations, channel_identities, customers CASCADE');
});

/** A person with one message in the given status, sent off at START. */
async function aMessage(peer: string, status: string, text = `chào ${peer}`): Promise<string> {
  const [customer, identity, conversation, id] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await db.pool.query('INSERT INTO customers (id, created_at, updated_at) VALUES ($1, $2, $2)', [customer, START]);
  await db.pool.query(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, created_at) VALUES ($1, 'zalo', 'oa', $2, $3, $4)`,
    [identity, peer, customer, START],
  );
  await db.pool.query(
    `INSERT INTO conversations (id, identity_id, customer_id, state, created_at, updated_at) VALUES ($1, $2, $3, 'bot', $4, $4)`,
    [conversation, identity, customer, START],
  );
  await db.pool.query(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author,
       status, attempts, available_at, sending_at, sent_at, lease_until, created_at)
     VALUES ($1, $2, $3, $4, 'zalo', 'oa', $5, 'answer', 'flow', $6, 1, $7, $7, $7, now() - interval '1 minute', $7)`,
    [id, conversation, identity, customer, JSON.stringify({ kind: 'text', text }), status, START],
  );
  if (status === 'sent') {
    await db.pool.query(
      `INSERT INTO touchpoints (at, kind, customer_id, channel, outbound_message_id) VALUES ($1, 'message_out', $2, 'zalo', $3)`,
      [START, customer, id],
    );
  }
  return id;
}

function channelThatKnows(history: (peerId: string) => SentLookup): Channel {
  const never = () => {
    throw new Error('Nothing is sent while settling.');
  };
  return {
    name: 'zalo',
    accountId: 'oa',
    isSignatureValid: never,
    parseWebhook: never,
    splitMessage: (message) => [message],
    send: never,
    fetchProfile: never,
    findSentMessage: async ({ peerId }) => history(peerId),
    showTyping: async () => undefined,
    health: async () => ({ ok: true, reason: null }),
  };
}

async function settleAfter(ms: number, history: (peerId: string) => SentLookup): Promise<void> {
  clock.advance(ms);
  await settleMessages({ db, channel: channelThatKnows(history), clock, log: pino({ level: 'silent' }) });
}

async function statusOf(id: string): Promise<string> {
  const { rows } = await db.pool.query<{ status: string }>('SELECT status FROM outbound_messages WHERE id = $1', [id]);
  return rows[0]?.status ?? '';
}

const found = (id: string): SentLookup => ({ found: 'yes', providerMessageId: id });

test('a sender that died leaves an uncertain message, and the history that holds it settles it', async () => {
  const id = await aMessage('lan', 'sending');
  await settleAfter(20_000, () => ({ found: 'unknown' }));
  expect(await statusOf(id)).toBe('uncertain');
  await settleAfter(11_000, () => found('m-1'));
  expect(await statusOf(id)).toBe('sent');
  const { rows } = await db.pool.query(`SELECT kind FROM touchpoints ORDER BY id`);
  expect(rows.map((row) => row.kind)).toEqual(['message_uncertain', 'message_out']);
});

test('what the history shows under the id of an earlier message is that one: a person decides about the later', async () => {
  const earlier = await aMessage('lan', 'sent', 'Dạ em chưa hiểu ạ');
  await db.pool.query(`UPDATE outbound_messages SET provider_message_id = 'm-1' WHERE id = $1`, [earlier]);
  const later = await aMessage('lan again', 'uncertain', 'Dạ em chưa hiểu ạ');
  for (let turn = 0; turn < 10; turn += 1) await settleAfter(11_000, () => found('m-1'));
  expect(await statusOf(later)).toBe('parked');
  const shown = await aMessage('minh', 'uncertain', 'Dạ em chưa hiểu ạ');
  await settleAfter(11_000, () => found('m-2'));
  expect(await statusOf(shown)).toBe('sent');
});

test('"not there" is not believed before a call under way must be over', async () => {
  const id = await aMessage('lan', 'uncertain');
  await aMessage('known', 'sent');
  const history = (peer: string): SentLookup => (peer === 'known' ? found('m-0') : { found: 'no' });
  await settleAfter(59_000, history);
  expect(await statusOf(id)).toBe('uncertain');
  await settleAfter(11_000, history);
  expect(await statusOf(id)).toBe('queued');
});

test.each<[string, object, number]>([
  ['a film, which Meta fetches for 75 s', { kind: 'media', mediaKind: 'video', source: 'https://a.vn/b.mp4' }, 300_000],
  ['a file of ours on its way up', { kind: 'file', source: 'a.pdf', name: 'a.pdf' }, 300_000],
  ['a picture that lies in the web', { kind: 'image', source: 'https://a.vn/b.png' }, 60_000],
])('on Messenger "not there" is believed of %s when its call must be over', async (_what, content, ms) => {
  const id = await aMessage('lan', 'uncertain');
  await db.pool.query('UPDATE outbound_messages SET content = $2 WHERE id = $1', [id, JSON.stringify(content)]);
  await aMessage('known', 'sent');
  await db.pool.query(`UPDATE outbound_messages SET channel = 'messenger'`);
  await db.pool.query(`UPDATE touchpoints SET channel = 'messenger'`);
  const history = (peer: string): SentLookup => (peer === 'known' ? found('m-0') : { found: 'no' });
  const settleAt = async (at: number) => {
    await db.pool.query(`UPDATE outbound_messages SET available_at = $1 WHERE status = 'uncertain'`, [START]);
    clock.advance(START.getTime() + at - clock.now().getTime());
    const channel = { ...channelThatKnows(history), name: 'messenger' as const };
    await settleMessages({ db, channel, clock, log: pino({ level: 'silent' }) });
  };
  await settleAt(ms - 1);
  expect(await statusOf(id)).toBe('uncertain');
  await settleAt(ms);
  expect(await statusOf(id)).toBe('queued');
});

test('what a history said of one try is not believed of the next: another process has sent it since', async () => {
  const id = await aMessage('lan', 'uncertain');
  await aMessage('known', 'sent');
  clock.advance(70_000);
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const slow = channelThatKnows((peer) => (peer === 'known' ? found('m-0') : { found: 'no' }));
  const look = slow.findSentMessage;
  slow.findSentMessage = async (question) => {
    const said = await look(question);
    asked.resolve();
    await answer.promise;
    return said;
  };
  const settling = settleMessages({ db, channel: slow, clock, log: pino({ level: 'silent' }) });
  await asked.promise;
  // Meanwhile: the other process believed the same "no", said it again, and its answer was lost.
  await db.pool.query(
    `UPDATE outbound_messages SET attempts = 2, sending_at = $2, available_at = $2::timestamptz + interval '10 seconds' WHERE id = $1`,
    [id, clock.now()],
  );
  answer.resolve();
  await settling;
  expect(await statusOf(id)).toBe('uncertain');
});

test('a late word of an earlier try moves nothing', async () => {
  const id = await aMessage('lan', 'sending');
  await db.pool.query('UPDATE outbound_messages SET attempts = 2 WHERE id = $1', [id]);
  const { rows } = await db.pool.query<{ identity_id: string; conversation_id: string }>(
    'SELECT identity_id, conversation_id FROM outbound_messages WHERE id = $1',
    [id],
  );
  const late = (attempts: number): DeliveryResult => ({
    message: {
      id,
      identityId: rows[0]?.identity_id ?? '',
      conversationId: rows[0]?.conversation_id ?? '',
      peerId: 'lan',
      message: { kind: 'text', text: 'chào lan', choices: [], links: [] },
      permit: { mode: 'free', costAmount: 0, messagingType: 'RESPONSE' },
      attempts,
      isFromFlow: true,
      hasFallback: false,
    },
    result: { outcome: 'later', concerns: 'account', code: '-32', reason: 'Quá nhanh.', retryAt: null },
  });
  const save = (attempts: number) => saveResults({ db, clock, random: () => 0.5 }, [late(attempts)]);
  await save(1);
  expect(await statusOf(id)).toBe('sending');
  await save(2);
  expect(await statusOf(id)).toBe('queued');
});

test('a history that does not show what surely was sent proves nothing: the message is parked', async () => {
  const id = await aMessage('lan', 'uncertain');
  await aMessage('known', 'sent');
  for (let look = 0; look < 10; look += 1) await settleAfter(11_000, () => ({ found: 'no' }));
  expect(await statusOf(id)).toBe('parked');
});

test('where nothing was ever sent, an empty history proves nothing either', async () => {
  const id = await aMessage('lan', 'uncertain');
  for (let look = 0; look < 10; look += 1) await settleAfter(11_000, () => ({ found: 'no' }));
  expect(await statusOf(id)).toBe('parked');
});

test('what nobody can tell is parked with one line for each move, not for each look', async () => {
  const id = await aMessage('lan', 'sending');
  for (let look = 0; look < 12; look += 1) await settleAfter(11_000, () => ({ found: 'unknown' }));
  expect(await statusOf(id)).toBe('parked');
  const { rows } = await db.pool.query(`SELECT kind FROM touchpoints ORDER BY id`);
  expect(rows.map((row) => row.kind)).toEqual(['message_uncertain', 'message_parked']);
});

test('while the channel cannot be asked nothing is parked for a day; connected again, it settles the rest', async () => {
  const [id, other] = [await aMessage('lan', 'sending'), await aMessage('mai', 'sending')];
  await aMessage('known', 'sent');
  for (let hour = 0; hour < 23; hour += 1) await settleAfter(3_600_000, () => ({ found: 'not_asked' }));
  expect([await statusOf(id), await statusOf(other)]).toEqual(['uncertain', 'uncertain']);
  const history = (peer: string): SentLookup => {
    if (peer === 'mai') return { found: 'not_asked' };
    return peer === 'known' ? found('m-0') : { found: 'no' };
  };
  await settleAfter(11_000, history);
  expect(await statusOf(id)).toBe('queued');
  await settleAfter(3_600_000, history);
  expect(await statusOf(other)).toBe('parked');
});

/** One round at so many ms after START; all that is uncertain is due for a look. */
async function lookAt(ms: number, history: (peerId: string) => SentLookup): Promise<void> {
  await db.pool.query(`UPDATE outbound_messages SET available_at = $1 WHERE status = 'uncertain'`, [START]);
  await settleAfter(START.getTime() + ms - clock.now().getTime(), history);
}
const rowOf = async (id: string) =>
  (await db.pool.query('SELECT * FROM outbound_messages WHERE id = $1', [id])).rows[0];

test.each<[string, SentLookup, number, string]>([
  ['"not there"', { found: 'no' }, 60_000, 'queued'],
  ['nothing', { found: 'unknown' }, 90_000, 'parked'],
  ['that it cannot be asked', { found: 'not_asked' }, 86_400_000, 'parked'],
])('a history that says %s (%j) is waited for until %d ms, to the millisecond', async (_name, answer, ms, becomes) => {
  await aMessage('known', 'sent');
  const id = await aMessage('lan', 'uncertain');
  const history = (peer: string) => (peer === 'known' ? found('m-0') : answer);
  await lookAt(ms - 1, history);
  expect(await statusOf(id)).toBe('uncertain');
  await lookAt(ms, history);
  expect(await statusOf(id)).toBe(becomes);
  const code = becomes === 'parked' ? 'unknown_outcome' : null;
  expect(await rowOf(id)).toMatchObject({ error_code: code, available_at: becomes === 'queued' ? clock.now() : START });
});

test('between two looks ten seconds pass; what was taken over begins with its own ten', async () => {
  const asked: string[] = [];
  const history = (peer: string): SentLookup => {
    asked.push(`${peer} ${clock.now().getTime() - START.getTime()}`);
    return { found: 'unknown' };
  };
  await aMessage('lan', 'uncertain');
  const mai = await aMessage('mai', 'sending');
  await settleAfter(0, history);
  expect(await rowOf(mai)).toMatchObject({ status: 'uncertain', error_code: 'lease_expired' });
  for (const ms of [9_999, 1, 1]) await settleAfter(ms, history);
  expect(asked.sort()).toEqual(['lan 0', 'lan 10000', 'mai 10000']);
});

test('a lease that is not over, another channel, and what is settled are left alone', async () => {
  const [sending, other, uncertain] = [
    await aMessage('a', 'sending'),
    await aMessage('b', 'sending'),
    await aMessage('c', 'uncertain'),
  ];
  const sent = await aMessage('d', 'sent');
  await db.pool.query(`UPDATE outbound_messages SET lease_until = now() + interval '1 minute' WHERE id = $1`, [
    sending,
  ]);
  await db.pool.query(`UPDATE outbound_messages SET channel = 'messenger' WHERE id = ANY($1)`, [[other, uncertain]]);
  const asked: string[] = [];
  await settleAfter(0, (peer) => {
    asked.push(peer);
    return found('x');
  });
  expect(asked).toEqual([]);
  expect(await Promise.all([sending, other, uncertain, sent].map(statusOf))).toEqual([
    'sending',
    'sending',
    'uncertain',
    'sent',
  ]);
});

test('a channel that may be asked twice a second is asked no faster; what had to wait is settled as it would have been', async () => {
  await aMessage('known', 'sent');
  const ids = new Map<string, string>();
  for (let n = 0; n < 12; n += 1) ids.set(`p${n}`, await aMessage(`p${n}`, 'uncertain'));
  const pace = createLookUpPace({ clock });
  const asked: number[] = [];
  const history = (peer: string): SentLookup => {
    if (!pace.take()) return { found: 'not_yet' };
    asked.push(clock.now().getTime());
    if (peer === 'known') return found('m-0');
    return Number(peer.slice(1)) % 2 === 0 ? found(`m-${peer}`) : { found: 'no' };
  };
  // A round each second and a bit, as a busy metronome beats: after 59 s, so that most are first asked about when old.
  clock.advance(59_000);
  for (let round = 0; round < 40; round += 1) await settleAfter(round % 2 === 0 ? 1_003 : 998, history);
  for (const [peer, id] of ids) {
    expect([peer, await statusOf(id)]).toEqual([peer, Number(peer.slice(1)) % 2 === 0 ? 'sent' : 'queued']);
  }
  for (const [place, at] of asked.entries()) expect(at - (asked[place - 2] ?? 0)).toBeGreaterThan(1_000);
});

test('a message that is never asked about stays uncertain, however old', async () => {
  const id = await aMessage('lan', 'uncertain');
  await aMessage('known', 'sent');
  for (const ms of [61_000, 40_000, 2 * 86_400_000]) {
    await settleAfter(ms, () => ({ found: 'not_yet' }));
    await settleAfter(0, (peer) => (peer === 'known' ? found('m-0') : { found: 'not_yet' }));
    expect(await statusOf(id)).toBe('uncertain');
  }
  await settleAfter(1_000, (peer) => (peer === 'known' ? found('m-0') : { found: 'no' }));
  expect(await statusOf(id)).toBe('queued');
});

test('it is told how many it touched', async () => {
  const settle = () =>
    settleMessages({
      db,
      channel: channelThatKnows(() => ({ found: 'unknown' })),
      clock,
      log: pino({ level: 'silent' }),
    });
  expect(await settle()).toBe(0);
  await aMessage('a', 'sending');
  await aMessage('b', 'sending');
  await aMessage('c', 'uncertain');
  expect(await settle()).toBe(3);
});

test('the channel is asked about this very message; one look that fails hurts no other', async () => {
  const [id, other] = [await aMessage('lan', 'uncertain', 'chào chị'), await aMessage('mai', 'uncertain')];
  const requests: unknown[] = [];
  const channel: Channel = {
    ...channelThatKnows(() => ({ found: 'unknown' })),
    findSentMessage: async (request) => {
      requests.push(request);
      if (request.peerId === 'mai') throw new Error('mạng hỏng');
      return found('m-7');
    },
  };
  await settleMessages({ db, channel, clock, log: pino({ level: 'silent' }) });
  expect(requests).toContainEqual({
    peerId: 'lan',
    outboundMessageId: id,
    message: expect.objectContaining({ kind: 'text', text: 'chào chị' }),
    since: START,
  });
  expect(await rowOf(id)).toMatchObject({ status: 'sent', provider_message_id: 'm-7', sent_at: START });
  expect((await db.pool.query('SELECT data FROM touchpoints')).rows).toMatchObject([{ data: { knownBy: 'history' } }]);
  expect(await statusOf(other)).toBe('uncertain');
});

test('words that nobody can read any more are not asked about; a person decides', async () => {
  const id = await aMessage('lan', 'uncertain');
  await db.pool.query(`UPDATE outbound_messages SET content = '{"kind":"poem"}'`);
  await lookAt(90_000, () => found('m-1'));
  expect(await statusOf(id)).toBe('parked');
});

/** What becomes of a message that the history does not hold, when this is known of the others. */
async function afterNo(known: string): Promise<string[]> {
  const asked: string[] = [];
  const [one, two] = [await aMessage('lan', 'uncertain'), await aMessage('mai', 'uncertain')];
  await lookAt(60_000, (peer) => {
    asked.push(peer);
    return peer === known ? found('m-0') : { found: 'no' };
  });
  expect(asked.filter((peer) => peer !== 'lan' && peer !== 'mai').length).toBeLessThanOrEqual(1);
  return [await statusOf(one), await statusOf(two)];
}

test('a history proves itself once for all, by the newest text that surely was sent', async () => {
  const old = await aMessage('old', 'sent');
  await db.pool.query(`UPDATE outbound_messages SET sent_at = $2 WHERE id = $1`, [old, new Date(START.getTime() - 1)]);
  await aMessage('new', 'sent');
  expect(await afterNo('new')).toEqual(['queued', 'queued']);
});

test('an older one proves nothing when the newest is missing', async () => {
  await aMessage('new', 'sent');
  const old = await aMessage('old', 'sent');
  await db.pool.query(`UPDATE outbound_messages SET sent_at = $2 WHERE id = $1`, [old, new Date(START.getTime() - 1)]);
  expect(await afterNo('old')).toEqual(['uncertain', 'uncertain']);
});

test.each(['delivered', 'read'])('one that was %s proves it as well', async (status) => {
  await db.pool.query('UPDATE outbound_messages SET status = $2 WHERE id = $1', [
    await aMessage('known', 'sent'),
    status,
  ]);
  expect(await afterNo('known')).toEqual(['queued', 'queued']);
});

test.each([
  ['failed after all', `status = 'failed'`],
  ['is a picture, which histories show as they please', `content = '{"kind":"image","source":"https://x.vn/a.png"}'`],
])('one that %s proves nothing', async (_name, change) => {
  await db.pool.query(`UPDATE outbound_messages SET ${change} WHERE id = $1`, [await aMessage('known', 'sent')]);
  expect(await afterNo('known')).toEqual(['uncertain', 'uncertain']);
});

test('nor does one of another channel', async () => {
  const known = await aMessage('known', 'failed');
  await db.pool.query(`UPDATE outbound_messages SET status = 'sent', channel = 'messenger' WHERE id = $1`, [known]);
  await db.pool.query(
    `INSERT INTO touchpoints (at, kind, channel, outbound_message_id) VALUES ($1, 'message_out', 'messenger', $2)`,
    [START, known],
  );
  expect(await afterNo('known')).toEqual(['uncertain', 'uncertain']);
});
