// Two people, or a person and the bot, never talk over each other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { makeCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

let inbox: InboxStage;
let lan: StaffActor;
let nam: StaffActor;
beforeAll(async () => {
  inbox = await openInbox(makeCatalogue());
  [lan, nam] = [await inbox.staff('Lan'), await inbox.staff('Nam')];
});
afterAll(() => inbox.close());

const reply = (by: StaffActor | null, id: string, body: object) =>
  inbox.call(by, 'POST', `/inbox/conversations/${id}/messages`, body);

async function queueBotMessage(of: { identityId: string; customerId: string; conversationId: string }) {
  await inbox.rows(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status, available_at, created_at)
     VALUES ($1, $2, $3, $4, 'zalo', 'account', '{"kind":"text","text":"Bot nói"}', 'answer', 'flow', 'queued', $5, $5)`,
    [inbox.newId(), of.conversationId, of.identityId, of.customerId, START],
  );
}

describe('the first word', () => {
  test('takes the conversation over, silences what the bot had queued and stops the clock', async () => {
    const chat = await inbox.chatter('1001', { state: 'waiting_for_agent' });
    await queueBotMessage(chat);
    await inbox.rows('UPDATE conversations SET reply_due_at = now() WHERE id = $1', [chat.conversationId]);
    const sent = await reply(lan, chat.conversationId, { text: 'Dạ em Lan đây ạ', seenStaffMessageId: null });
    expect(sent).toMatchObject({ status: 200, body: { messages: [{ status: 'queued', text: 'Dạ em Lan đây ạ' }] } });
    const [row] = await inbox.rows('SELECT * FROM conversations WHERE id = $1', [chat.conversationId]);
    expect(row).toMatchObject({
      state: 'with_agent',
      owner: lan.email,
      assignee_id: lan.id,
      reply_due_at: null,
      first_replied_at: START,
    });
    const outbox = await inbox.rows(
      'SELECT author, status, reason FROM outbound_messages WHERE identity_id = $1 ORDER BY seq',
      [chat.identityId],
    );
    expect(outbox).toEqual([
      { author: 'flow', status: 'skipped', reason: 'Nhân viên đã tiếp nhận hội thoại.' },
      { author: 'agent', status: 'queued', reason: null },
    ]);
  });

  test('a key cannot sign it', async () => {
    const chat = await inbox.chatter('1002');
    expect(await reply(null, chat.conversationId, { text: 'Dạ', seenStaffMessageId: null })).toMatchObject({
      status: 403,
      body: { error: { code: 'staff_only' } },
    });
  });
});

describe('two who answer at once', () => {
  test('exactly one gets through; the other keeps their text and reads the colleague’s', async () => {
    for (let n = 0; n < 40; n += 1) {
      const { conversationId } = await inbox.chatter(`20${n}`, { state: 'waiting_for_agent' });
      const answers = await Promise.all([
        reply(lan, conversationId, { text: 'Lan nói', seenStaffMessageId: null }),
        reply(nam, conversationId, { text: 'Nam nói', seenStaffMessageId: null }),
      ]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      const refused = answers.find(({ status }) => status === 409);
      const [first, second] = answers[0]?.status === 200 ? ['Lan', 'Nam'] : ['Nam', 'Lan'];
      expect(refused?.body).toMatchObject({
        error: { code: 'newer_reply', details: { by: first, text: `${first} nói`, yourText: `${second} nói` } },
      });
      const stored = await inbox.rows('SELECT 1 FROM outbound_messages WHERE conversation_id = $1', [conversationId]);
      expect(stored).toHaveLength(1);
    }
  });

  test('who has read the newer one may go on', async () => {
    const { conversationId } = await inbox.chatter('2999');
    const first = await reply(lan, conversationId, { text: 'Một', seenStaffMessageId: null });
    expect(await reply(nam, conversationId, { text: 'Hai', seenStaffMessageId: null })).toMatchObject({ status: 409 });
    const seen = first.body.newestStaffMessageId;
    expect(await reply(nam, conversationId, { text: 'Hai', seenStaffMessageId: seen })).toMatchObject({ status: 200 });
  });
});

describe('the window', () => {
  test('closed: says what is still possible and keeps the text', async () => {
    const lastInteractionAt = new Date(START.getTime() - 8 * 24 * HOUR_MS);
    const { conversationId } = await inbox.chatter('3001', { channel: 'messenger', lastInteractionAt });
    const refused = await reply(lan, conversationId, { text: 'Chị ơi', seenStaffMessageId: null });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { code: 'window_closed', details: { yourText: 'Chị ơi' } } },
    });
    const [row] = await inbox.rows('SELECT state FROM conversations WHERE id = $1', [conversationId]);
    expect(row).toEqual({ state: 'bot' });
  });

  test('later: inside the window it waits, outside it is refused', async () => {
    const { conversationId } = await inbox.chatter('3002', { channel: 'messenger' });
    const at = (hours: number) => new Date(START.getTime() + hours * HOUR_MS).toISOString();
    const late = await reply(lan, conversationId, { text: 'Mai nhé', seenStaffMessageId: null, sendAt: at(8 * 24) });
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'window_closed_then' } } });
    expect(
      await reply(lan, conversationId, { text: 'Chiều nhé', seenStaffMessageId: null, sendAt: at(5) }),
    ).toMatchObject({ status: 200 });
    const [row] = await inbox.rows('SELECT available_at FROM outbound_messages WHERE conversation_id = $1', [
      conversationId,
    ]);
    expect(row).toEqual({ available_at: new Date(at(5)) });
  });

  test('a template that is not there names those that are', async () => {
    const { conversationId } = await inbox.chatter('3003');
    expect(await reply(lan, conversationId, { templateId: 'x', seenStaffMessageId: null })).toMatchObject({
      status: 422,
      body: { error: { code: 'unknown_template' } },
    });
  });
});

describe('take, assign, snooze', () => {
  const act = (by: StaffActor, id: string, what: string, body: object) =>
    inbox.call(by, 'POST', `/inbox/conversations/${id}/${what}`, body);

  test('a colleague’s conversation is taken on purpose only, and given on', async () => {
    const { conversationId } = await inbox.chatter('4001', { state: 'waiting_for_agent', name: 'Nguyễn Thị Hoa' });
    expect(await act(lan, conversationId, 'take', {})).toMatchObject({
      status: 200,
      body: { state: 'with_agent', assignee: { name: 'Lan' } },
    });
    expect(await act(nam, conversationId, 'take', {})).toMatchObject({
      status: 409,
      body: { error: { code: 'taken_by_other' } },
    });
    expect(await act(nam, conversationId, 'take', { force: true })).toMatchObject({
      status: 200,
      body: { owner: nam.email },
    });
    const given = await act(nam, conversationId, 'assign', { staffId: lan.id, teamId: null });
    expect(given).toMatchObject({ status: 200, body: { owner: lan.email, assignee: { id: lan.id } } });
    expect(await act(nam, conversationId, 'assign', { staffId: inbox.newId() })).toMatchObject({ status: 422 });
  });

  test('snoozed it leaves the queue', async () => {
    const { conversationId } = await inbox.chatter('4002', { state: 'waiting_for_agent' });
    const until = new Date(START.getTime() + HOUR_MS).toISOString();
    expect(await act(lan, conversationId, 'snooze', { until })).toMatchObject({
      status: 200,
      body: { snoozedUntil: until },
    });
    const waiting = await inbox.call(lan, 'GET', '/inbox/conversations?queue=waiting&limit=100');
    expect(JSON.stringify(waiting.body)).not.toContain(conversationId);
    expect(await act(lan, conversationId, 'snooze', { until: START.toISOString() })).toMatchObject({ status: 422 });
  });
});
