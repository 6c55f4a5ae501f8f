// The thread keeps the order in which things caused each other, also within one millisecond, page by page.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

let inbox: InboxStage;
let lan: StaffActor;
beforeAll(async () => {
  inbox = await openInbox();
  lan = await inbox.staff('Lan');
});
afterAll(() => inbox.close());

type Chat = Awaited<ReturnType<InboxStage['chatter']>>;
let lines = 1_000;

/** Ids of the ledger of 4 and 5 digits, so that comparing them as text would be wrong. */
async function line(chat: Chat, kind: string, more: { text?: string; outbox?: string } = {}) {
  lines += 1_800;
  await inbox.rows(
    `INSERT INTO touchpoints (id, at, kind, customer_id, conversation_id, channel, text, outbound_message_id)
     VALUES ($1, $2, $3, $4, $5, 'zalo', $6, $7)`,
    [lines, START, kind, chat.customerId, chat.conversationId, more.text ?? null, more.outbox ?? null],
  );
}

async function message(chat: Chat, text: string, id = inbox.newId(), status = 'sent') {
  await inbox.rows(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status, available_at, created_at)
     VALUES ($1, $2, $3, $4, 'zalo', 'account', $5, 'answer', 'flow', $6, $7, $7)`,
    [id, chat.conversationId, chat.identityId, chat.customerId, JSON.stringify({ kind: 'text', text }), status, START],
  );
  return id;
}

async function thread(chat: Chat, limit: number): Promise<string[]> {
  const words: string[] = [];
  let before = '';
  for (;;) {
    const { body } = await inbox.call(
      lan,
      'GET',
      `/inbox/conversations/${chat.conversationId}/timeline?limit=${limit}${before}`,
    );
    const items = Array.isArray(body.items) ? body.items : [];
    words.push(...items.map((item) => item.text ?? item.event));
    if (body.nextBefore === null) return words.toReversed();
    before = `&before=${body.nextBefore}`;
  }
}

describe('within one millisecond', () => {
  test.each([1, 2, 3, 100])('questions stand before their answers, pages of %i', async (limit) => {
    const chat = await inbox.chatter(`order-${limit}`);
    // An id that sorts before everything, and one that sorts after: only the ledger's order counts.
    await line(chat, 'message_in', { text: 'hỏi 1' });
    await line(chat, 'flow_started');
    const first = await message(chat, 'đáp 1', `ffffffff-ffff-7000-8000-00000000000${limit % 10}`);
    await line(chat, 'message_out', { text: 'đáp 1', outbox: first });
    await line(chat, 'message_in', { text: 'hỏi 2' });
    const second = await message(chat, 'đáp 2', `00000000-0000-7000-8000-00000000000${limit % 10}`);
    await line(chat, 'message_uncertain', { outbox: second });
    await line(chat, 'message_out', { text: 'đáp 2', outbox: second });
    await line(chat, 'handed_over');
    await message(chat, 'chờ 1', inbox.newId(), 'queued');
    await message(chat, 'chờ 2', inbox.newId(), 'queued');
    expect(await thread(chat, limit)).toEqual([
      ...['hỏi 1', 'flow_started', 'đáp 1', 'hỏi 2', 'đáp 2', 'handed_over', 'chờ 1', 'chờ 2'],
    ]);
  });

  test('a place that nobody was given is refused', async () => {
    const chat = await inbox.chatter('order-bad');
    for (const text of ['x', `${START.toISOString()}|99999999999999999999|0|t:1`, `${START.toISOString()}|1|-1|t:1`]) {
      const before = Buffer.from(text).toString('base64url');
      const answer = await inbox.call(
        lan,
        'GET',
        `/inbox/conversations/${chat.conversationId}/timeline?before=${before}`,
      );
      expect(answer.status).toBe(400);
    }
  });
});

describe('words written in the provider’s own inbox', () => {
  test('a reply that does not know them is refused, one that has read them goes', async () => {
    const chat = await inbox.chatter('echo');
    const reply = (seenStaffMessageId: unknown) =>
      inbox.call(lan, 'POST', `/inbox/conversations/${chat.conversationId}/messages`, {
        text: 'Dạ',
        seenStaffMessageId,
      });
    const event = inbox.newId();
    await inbox.rows(
      `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, inbound_event_id, data)
       VALUES ($1, 'message_out', $2, $3, 'zalo', 'Chị chờ em chút', $4, '{"author":"provider_inbox"}')`,
      [START, chat.customerId, chat.conversationId, event],
    );
    expect(await reply(null)).toMatchObject({
      status: 409,
      body: { error: { code: 'newer_reply', details: { text: 'Chị chờ em chút', yourText: 'Dạ' } } },
    });
    const { body } = await inbox.call(lan, 'GET', `/inbox/conversations/${chat.conversationId}/timeline`);
    expect(body.newestStaffMessageId).toBe(event);
    const sent = await reply(event);
    expect(sent).toMatchObject({ status: 200 });
    expect(await reply(sent.body.newestStaffMessageId)).toMatchObject({ status: 200 });
  });
});
