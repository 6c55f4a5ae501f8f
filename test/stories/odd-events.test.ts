import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { signZalo } from '../../src/sandbox/zalo/send-events.ts';
import {
  acceptedFor,
  afterDoing,
  afterWriting,
  CHANNELS,
  type ChannelName,
  conversationOf,
  ledgerOf,
  must,
  nameCustomer,
  outboxOf,
  said,
  shownBy,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(async () => {
  expect(stage.sandbox.violations).toEqual([]);
  expect(await parked()).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

async function parked() {
  const { rows } = await stage.db.pool.query('SELECT event_id, reason FROM inbound_queue WHERE attempts > 0');
  return rows;
}

/** A webhook with a time of its own, signed as the provider would. */
function sendAt(channel: ChannelName, at: Date, personId: string, text: string) {
  const { zaloSettings, messengerSettings } = stage.sandbox;
  const timestamp = String(at.getTime());
  const zalo = {
    sender: { id: personId },
    recipient: { id: zaloSettings.oaId },
    event_name: 'user_send_text',
    message: { text, msg_id: `old-${timestamp}` },
    timestamp,
  };
  const messaging = {
    sender: { id: personId },
    recipient: { id: messengerSettings.pageId },
    timestamp: at.getTime(),
    message: { mid: `m_old-${timestamp}`, text },
  };
  const page = {
    object: 'page',
    entry: [{ id: messengerSettings.pageId, time: at.getTime(), messaging: [messaging] }],
  };
  if (channel === 'messenger') return stage.sandbox.rawWebhook({ channel, body: JSON.stringify(page), sign: true });
  return sendZalo(zalo, timestamp);
}

function sendZalo(event: Record<string, unknown>, timestamp: string) {
  const { zaloSettings } = stage.sandbox;
  const raw = Buffer.from(JSON.stringify({ app_id: zaloSettings.appId, ...event, timestamp }));
  const keys = { appId: zaloSettings.appId, oaSecretKey: zaloSettings.oaSecretKey ?? '' };
  const headers = { 'x-zevent-signature': signZalo({ ...keys, raw, timestamp }) };
  return stage.sandbox.rawWebhook({ channel: 'zalo', body: raw, headers });
}

describe.each(CHANNELS)('on %s', (channel) => {
  test('stickers, images, places and cards are kept, and answered with nothing foolish', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const answers = await afterDoing(stage, person, async () => {
      stage.sandbox.sendSticker(person);
      stage.sandbox.sendImage(person);
      stage.sandbox.sendLocation(person);
      if (channel === 'zalo') stage.sandbox.sendContactCard(person, { name: 'Chị Hoa', phone: '0912345678' });
    });
    expect(answers).toEqual([]);
    const lines = await ledgerOf(stage, customer, 'message_in');
    const kinds = lines.flatMap(({ data }) =>
      z
        .array(z.object({ kind: z.string() }))
        .catch([])
        .parse(data.attachments)
        .map(({ kind }) => kind),
    );
    expect(kinds).toEqual(expect.arrayContaining(['sticker', 'image', 'location']));
    expect(lines.length).toBeGreaterThanOrEqual(channel === 'zalo' ? 4 : 3);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot', misunderstandings: 0 });
  });

  test('a first contact by sticker is welcomed', async () => {
    const person = stage.sandbox.createPerson({ channel, name: 'Đỗ Mai' });
    const answer = await afterDoing(stage, person, () => stage.sandbox.sendSticker(person));
    expect(answer).toHaveLength(1);
    expect(answer[0]?.text).toContain('Mai');
  });

  test('a picture is kept under DATA_DIR', async () => {
    const person = await welcomed(stage, channel);
    stage.sandbox.sendImage(person);
    await stage.settle();
    const { rows } = await stage.db.pool.query<{ status: string; path: string; content_type: string }>(
      `SELECT m.status, m.path, m.content_type FROM media m JOIN channel_identities i ON i.id = m.identity_id
       WHERE i.external_id = $1`,
      [person.id],
    );
    expect(rows).toMatchObject([{ status: 'stored', content_type: 'image/png' }]);
    expect((await stat(join(stage.dataDir, 'media', rows[0]?.path ?? ''))).size).toBeGreaterThan(100);
  });

  test('receipts move our message from sent to delivered to read', async () => {
    stage.sandbox.setFault({ channel, kind: 'receipt_never', count: 1 });
    const person = await welcomed(stage, channel);
    const statusOf = async () => (await outboxOf(stage, person)).map((row) => row.status);
    expect(await statusOf()).toEqual(['sent']);
    stage.sandbox.clearFaults();
    stage.sandbox.markRead(person);
    await stage.settle();
    expect(await statusOf()).toEqual(['read']);
    const customer = await nameCustomer(stage, person);
    expect(await ledgerOf(stage, customer, 'message_read')).toHaveLength(1);
  });

  test('a reaction is kept and not answered', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const [welcome] = shownBy(stage, person);
    const answer = await afterDoing(stage, person, () => stage.sandbox.react(person, welcome?.id ?? '', '❤️'));
    expect(answer).toEqual([]);
    expect(await ledgerOf(stage, customer, 'reaction')).toMatchObject([{ data: { removed: false } }]);
  });

  test('an event of a name nobody knows is kept', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const { zaloSettings, messengerSettings } = stage.sandbox;
    const parties = { sender: { id: person.id }, recipient: { id: zaloSettings.oaId } };
    const page = { sender: { id: person.id }, recipient: { id: messengerSettings.pageId } };
    const answer = await afterDoing(stage, person, () =>
      channel === 'zalo'
        ? stage.sandbox.sendEvent('zalo', { event_name: 'user_danced', ...parties, dance: 'waltz' })
        : stage.sandbox.sendEvent('messenger', { event_name: 'x', ...page, dance: { kind: 'waltz' } }),
    );
    expect(answer).toEqual([]);
    expect(await ledgerOf(stage, customer, 'unhandled_event')).toHaveLength(1);
  });

  test('an event older than the window is kept, its reply skipped with the reason', async () => {
    const person = stage.sandbox.createPerson({ channel, name: 'Đỗ Mai' });
    const tenDaysAgo = new Date(stage.clock.now().getTime() - 10 * 86_400_000);
    const answer = await sendAt(channel, tenDaysAgo, person.id, 'hướng dẫn');
    expect(answer.status).toBe(200);
    await stage.settle();
    const customer = await nameCustomer(stage, { id: person.id, channel });
    expect(await ledgerOf(stage, customer, 'message_in')).toMatchObject([
      { text: 'hướng dẫn', at: tenDaysAgo.toISOString() },
    ]);
    expect(await ledgerOf(stage, customer, 'message_skipped')).toMatchObject([
      { reason: expect.stringContaining('Quá 7 ngày') },
    ]);
    expect(acceptedFor(stage, person)).toEqual([]);
  });

  test('the same words sent twice by the customer are two messages', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'hướng dẫn', 'hướng dẫn');
    expect((await ledgerOf(stage, customer, 'message_in')).filter((line) => line.text === 'hướng dẫn')).toHaveLength(2);
  });

  test('text that databases and JSON do not love is heard all the same', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    for (const text of [
      'a\u0000b',
      '\ud800',
      '💐'.repeat(500),
      "'; DROP TABLE customers; --",
      '{{name}} {customer.name}',
    ]) {
      await sendAt(channel, stage.clock.now(), person.id, text);
      await stage.pass({ seconds: 1 });
    }
    expect((await ledgerOf(stage, customer, 'message_in')).length).toBeGreaterThanOrEqual(5);
  });

  test('a customer who blocked us is left alone, and is back with their next word', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    stage.sandbox.block(person);
    await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
    const [failed] = (await outboxOf(stage, person)).slice(-1);
    // Refused for good, and no other way of the ladder leads to who blocked us.
    expect(failed).toMatchObject({ status: 'skipped' });
    await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
    await stage.pass({ hours: 2 });
    expect(acceptedFor(stage, person)).toHaveLength(1);
    stage.sandbox.unblock(person);
    expect(await afterWriting(stage, person, 'hướng dẫn')).toHaveLength(1);
  });
});

test('a shared phone number becomes the customer’s', async () => {
  const person = await welcomed(stage, 'zalo');
  stage.sandbox.submitInfo(person, { name: 'Nguyễn Thị Lan', phone: '84912345678' });
  await stage.settle();
  const customer = await nameCustomer(stage, person);
  expect(await must(stage, 'GET', `/api/v1/customers/${customer}`)).toMatchObject({ phone: '84912345678' });
  expect(await ledgerOf(stage, customer, 'contact_shared')).toHaveLength(1);
});

function afterEditing(person: { id: string }, text: string) {
  const parties = { sender: { id: person.id }, recipient: { id: stage.sandbox.messengerSettings.pageId } };
  return afterDoing(stage, person, () =>
    stage.sandbox.sendEvent('messenger', {
      event_name: 'message_edits',
      ...parties,
      timestamp: stage.clock.now().getTime(),
      message_edit: { mid: `m_edited_${person.id}`, text, num_edit: 1 },
    }),
  );
}

test('an edited message is kept beside the first, and not answered', async () => {
  const person = await welcomed(stage, 'messenger');
  const customer = await nameCustomer(stage, person);
  expect(await afterEditing(person, 'gặp nhân viên')).toEqual([]);
  expect(await ledgerOf(stage, customer, 'message_edited')).toMatchObject([{ text: 'gặp nhân viên' }]);
});

test('a message that became "dừng" is obeyed and confirmed', async () => {
  const person = await welcomed(stage, 'messenger');
  const customer = await nameCustomer(stage, person);
  expect(await afterEditing(person, 'dừng')).toMatchObject([{ text: expect.stringContaining('ngừng gửi tin') }]);
  expect((await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt).not.toBeNull();
});

test('who asks Zalo to withdraw gets nothing unasked any more, and staff a case with a deadline', async () => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  stage.sandbox.sendEvent('zalo', {
    event_name: 'user_withdraw',
    oa_id: stage.sandbox.zaloSettings.oaId,
    user_id: person.id,
  });
  await stage.settle();
  expect(await ledgerOf(stage, customer, 'data_withdrawal_requested')).toHaveLength(1);
  const before = said(stage, person).length;
  await stage.pass({ days: 3 });
  expect(said(stage, person)).toHaveLength(before);
});

test('events about the account, also of ZNS, are in the ledger without a customer', async () => {
  stage.sandbox.sendEvent('zalo', {
    event_name: 'change_template_status',
    oa_id: stage.sandbox.zaloSettings.oaId,
    template_id: '312345',
    status: { prev_status: 'PENDING_REVIEW', new_status: 'ENABLE' },
  });
  await stage.settle();
  const { rows } = await stage.db.pool.query(`SELECT data FROM touchpoints WHERE kind = 'account_event'`);
  expect(rows).toMatchObject([{ data: { event: 'change_template_status' } }]);
});

const payloads = fileURLToPath(new URL('../payloads/', import.meta.url));
const zaloEvent = z.looseObject({ event_name: z.string() });

test('every sample body of Zalo that we know is kept, none is an error', async () => {
  const names = (await readdir(join(payloads, 'zalo'))).filter((name) => name.endsWith('.json'));
  let count = 0;
  for (const name of names) {
    const event = zaloEvent.safeParse(JSON.parse(await readFile(join(payloads, 'zalo', name), 'utf8')));
    if (!event.success) continue;
    const { app_id: _, ...ours } = event.data;
    stage.sandbox.sendEvent('zalo', ours);
    count += 1;
  }
  await stage.settle();
  expect(count).toBeGreaterThan(25);
  expect(stage.sandbox.journal.filter((line) => line.kind === 'webhook' && !line.isOk)).toEqual([]);
});

test('every sample body of Messenger that we know is answered with 200, none is an error', async () => {
  const names = (await readdir(join(payloads, 'messenger'))).filter((name) => name.endsWith('.json'));
  const refused: string[] = [];
  let count = 0;
  for (const name of names) {
    const body = await readFile(join(payloads, 'messenger', name), 'utf8');
    if (!body.includes('"entry"')) continue;
    const answer = await stage.sandbox.rawWebhook({ channel: 'messenger', body, sign: true });
    if (answer.status !== 200) refused.push(`${name}: ${answer.status}`);
    count += 1;
  }
  await stage.settle();
  expect(count).toBeGreaterThan(50);
  expect(refused).toEqual([]);
});

test.each([
  ['a quick reply', { message: { text: 'Gặp nhân viên', quick_reply: { payload: 'HUMAN' } } }],
  ['a quick reply that sends nothing', { message: { text: 'Gặp nhân viên', quick_reply: { payload: '' } } }],
  ['a menu of another tool', { postback: { title: 'Gặp nhân viên', payload: 'CONTACT_HUMAN_AGENT' } }],
])('%s that we did not make means what is written on it', async (_name, event) => {
  const person = await welcomed(stage, 'messenger');
  const customer = await nameCustomer(stage, person);
  const { pageId } = stage.sandbox.messengerSettings;
  const time = stage.clock.now().getTime();
  const messaging = [{ sender: { id: person.id }, recipient: { id: pageId }, timestamp: time, ...event }];
  const body = JSON.stringify({ object: 'page', entry: [{ id: pageId, time, messaging }] });
  const answer = await afterDoing(stage, person, () =>
    stage.sandbox.rawWebhook({ channel: 'messenger', body, sign: true }),
  );
  expect(answer).toHaveLength(1);
  expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
});

test('answers to a template name only the message: they are known of whom it went to, once', async () => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  const { rows } = await stage.db.pool.query<{ id: string; sent: string }>(
    `SELECT o.id, o.provider_message_id AS sent FROM outbound_messages o JOIN channel_identities i ON i.id = o.identity_id
     WHERE i.external_id = $1`,
    [person.id],
  );
  const oa = { oa_id: stage.sandbox.zaloSettings.oaId };
  const tracking_id = rows[0]?.id.replaceAll('-', '');
  const rating = { rating_type: 'csat', rate: 5, note: 'Rất hài lòng.', feedbacks: [], msg_id: 'z1', tracking_id };
  const click = { button_type: 'response', data: 'Em muốn gia hạn', tracking_id: 'của-ai-khác' };
  for (let times = 0; times < 2; times += 1) {
    await sendZalo({ ...oa, event_name: 'user_feedback', message: rating }, '1795402800001');
    const event = { ...oa, event_name: 'user_click_response_button', msg_id: rows[0]?.sent, message: click };
    await sendZalo(event, '1795402800002');
    await sendZalo({ ...oa, event_name: 'user_feedback', message: { ...rating, tracking_id: 'x' } }, '1795402800003');
  }
  await stage.settle();
  const known = await ledgerOf(stage, customer, 'feedback_given');
  expect(known.map(({ text, data }) => [text, data.score])).toEqual([
    ['Rất hài lòng.', 5],
    ['Em muốn gia hạn', null],
  ]);
});
