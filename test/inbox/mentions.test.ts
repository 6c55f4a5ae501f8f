// Notes that call somebody: they stand in a queue of their own until that person has looked. Presence, and who it is told to.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../src/clock.ts';
import { inboxCounts, inboxPage } from '../../src/inbox/inbox-schema.ts';
import { noteAnswer, presenceAnswer } from '../../src/inbox/notes-schema.ts';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { timelinePage } from '../../src/inbox/timeline-schema.ts';
import { until } from '../outside/until.ts';
import { type InboxStage, openInbox } from './inbox-stage.ts';
import { openReader } from './read-stream.ts';

let inbox: InboxStage;
let huong: StaffActor;
let lan: StaffActor;
beforeAll(async () => {
  inbox = await openInbox();
  huong = await inbox.staff('Hương');
  lan = await inbox.staff('Lan');
});
afterAll(() => inbox.close());

async function note(by: StaffActor, conversationId: string, mentions: string[], text = 'Xem giúp em'): Promise<string> {
  const answer = await inbox.call(by, 'POST', `/inbox/conversations/${conversationId}/notes`, { text, mentions });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return noteAnswer.parse(answer.body).id;
}

async function called(who: StaffActor): Promise<{ ids: string[]; count: number }> {
  const page = await inbox.call(who, 'GET', '/inbox/conversations?queue=mentions&limit=100');
  const counts = await inbox.call(who, 'GET', '/inbox/counts');
  return {
    ids: inboxPage.parse(page.body).items.map(({ id }) => id),
    count: inboxCounts.parse(counts.body).mentions,
  };
}

async function look(who: StaffActor, conversationId: string, more: object = {}) {
  const answer = await inbox.call(who, 'POST', `/inbox/conversations/${conversationId}/presence`, more);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return presenceAnswer.parse(answer.body);
}

describe('who is called by a note', () => {
  test('finds it, whatever its state, the newest first, until they look; once for many notes', async () => {
    const [first, second] = [
      await inbox.chatter('a', { state: 'bot' }),
      await inbox.chatter('b', { state: 'resolved' }),
    ];
    await note(lan, first.conversationId, [huong.id, huong.id]);
    inbox.clock.advance(MINUTE_MS);
    await note(lan, first.conversationId, [huong.id]);
    inbox.clock.advance(MINUTE_MS);
    await note(lan, second.conversationId, [huong.id]);
    expect(await called(huong)).toEqual({ ids: [second.conversationId, first.conversationId], count: 2 });
    expect(await called(lan)).toEqual({ ids: [], count: 0 });
    expect((await look(huong, first.conversationId)).seen).toBe(2);
    expect((await look(huong, first.conversationId)).seen).toBe(0);
    expect(await called(huong)).toEqual({ ids: [second.conversationId], count: 1 });
    const thread = await inbox.call(huong, 'GET', `/inbox/conversations/${first.conversationId}/timeline`);
    expect(timelinePage.parse(thread.body).items.map(({ mentions }) => mentions)).toEqual([[huong.id], [huong.id]]);
    await look(huong, second.conversationId);
    expect(await called(huong)).toEqual({ ids: [], count: 0 });
  });

  test('a page of them goes on where it ended', async () => {
    const wanted: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { conversationId } = await inbox.chatter(`page-${n}`);
      await note(lan, conversationId, [huong.id]);
      wanted.unshift(conversationId);
      inbox.clock.advance(SECOND_MS);
    }
    const seen: string[] = [];
    for (let cursor = '', n = 0; n === 0 || cursor !== ''; n += 1) {
      const { body } = await inbox.call(huong, 'GET', `/inbox/conversations?queue=mentions&limit=2${cursor}`);
      const { items, nextCursor } = inboxPage.parse(body);
      seen.push(...items.map(({ id }) => id));
      cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
    }
    expect(seen).toEqual(wanted);
    for (const id of wanted) await look(huong, id);
  });

  test('nobody calls themselves, nobody who is not there is called, and one does not see what another team has', async () => {
    const [teamA] = await inbox.rows(
      `INSERT INTO teams (id, name, created_at) VALUES (gen_random_uuid(), 'A', now()) RETURNING id`,
    );
    const { conversationId } = await inbox.chatter('own');
    await note(lan, conversationId, [lan.id, huong.id]);
    expect((await called(lan)).count).toBe(0);
    expect((await called(huong)).count).toBe(1);
    await inbox.rows('UPDATE conversations SET team_id = $2 WHERE id = $1', [conversationId, teamA?.id]);
    expect(await called(huong)).toEqual({ ids: [], count: 0 });
    const alerts = await inbox.call(huong, 'GET', '/inbox/alerts?after=0');
    expect(JSON.stringify(alerts.body)).not.toContain(conversationId);
    const unseen = await inbox.call(lan, 'POST', `/inbox/conversations/${conversationId}/notes`, {
      text: 'x',
      mentions: [huong.id],
    });
    expect(unseen).toMatchObject({ status: 422, body: { error: { code: 'mention_unseen' } } });
    expect(JSON.stringify(unseen.body)).toContain('Hương ở nhóm khác');
    const stranger = { text: 'x', mentions: ['00000000-0000-4000-8000-000000000000'] };
    const refused = await inbox.call(lan, 'POST', `/inbox/conversations/${conversationId}/notes`, stranger);
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'unknown_staff' } } });
  });

  test('hears the count at once, and again when they looked', async () => {
    const url = `${await inbox.app.listen({ host: '127.0.0.1', port: 0 })}/api/v1/inbox/stream`;
    const tell = async () => {
      inbox.streams.ring();
      await inbox.streams.idle();
    };
    const reader = await openReader(url, { 'x-staff': huong.id });
    await reader.hello();
    const count = () => reader.events.findLast(({ event }) => event === 'counts')?.data;
    const { conversationId } = await inbox.chatter('live');
    await note(lan, conversationId, [huong.id]);
    await tell();
    await until('one', () => inboxCounts.safeParse(count()).data?.mentions === 1);
    await look(huong, conversationId);
    await tell();
    await until('none', () => inboxCounts.safeParse(count()).data?.mentions === 0);
    reader.leave();
  });
});

describe('who is there', () => {
  test('is told to the others for thirty seconds; typing ends with the next look, leaving at once', async () => {
    const { conversationId } = await inbox.chatter('there');
    await look(lan, conversationId, { typing: true });
    expect((await look(huong, conversationId)).people).toEqual([{ id: lan.id, name: 'Lan', typing: true }]);
    await look(lan, conversationId);
    expect((await look(huong, conversationId)).people).toMatchObject([{ typing: false }]);
    inbox.clock.advance(29 * SECOND_MS);
    expect((await look(huong, conversationId)).people).toHaveLength(1);
    inbox.clock.advance(SECOND_MS);
    expect((await look(huong, conversationId)).people).toEqual([]);
    await look(lan, conversationId);
    await look(lan, conversationId, { leaving: true });
    expect((await look(huong, conversationId)).people).toEqual([]);
  });

  test('nobody is in a conversation that is not there', async () => {
    const path = '/inbox/conversations/00000000-0000-4000-8000-000000000000/presence';
    expect(await inbox.call(huong, 'POST', path, {})).toMatchObject({ status: 404 });
  });
});
