// What staff do for a customer from beside the thread: the whole program, pretend providers, a phone to look at.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contextAnswer } from '../../src/inbox/context-schema.ts';
import { afterWriting, nameCustomer, said, shownBy, welcomed } from '../stories/scenes.ts';
import { openStage, type Stage } from '../stories/stage.ts';
import { type SignedIn, signIn } from './signed-in.ts';
import { pdf, png } from './some-files.ts';

let stage: Stage;
let huong: SignedIn;
beforeAll(async () => {
  stage = await openStage();
  huong = await signIn(stage);
});
afterAll(() => stage.close());

async function somebody(channel: 'zalo' | 'messenger' = 'zalo', name = 'Nguyễn Thị Lan') {
  const person = await welcomed(stage, channel, name);
  const { rows } = await stage.db.pool.query(
    'SELECT c.id, c.customer_id FROM conversations c JOIN channel_identities i ON i.id = c.identity_id WHERE i.external_id = $1',
    [person.id],
  );
  return {
    person,
    id: `${rows[0]?.id}`,
    customerId: `${rows[0]?.customer_id}`,
    at: `/inbox/conversations/${rows[0]?.id}`,
  };
}
const act = async (path: string, body: object) => {
  const answer = await huong.call('POST', path, body);
  await stage.settle();
  return answer;
};
const itemsOf = (body: Record<string, unknown>) => (Array.isArray(body.items) ? body.items : []);
const lines = async (customerId: string, kind: string) =>
  (
    await stage.db.pool.query('SELECT * FROM touchpoints WHERE customer_id = $1 AND kind = $2 ORDER BY id', [
      customerId,
      kind,
    ])
  ).rows;

describe('files', () => {
  test.each(['zalo', 'messenger'] as const)(
    'go to a phone on %s, through the provider’s own upload',
    async (channel) => {
      const { person, at } = await somebody(channel);
      await afterWriting(stage, person, 'cho chị xem bảng giá');
      const send = async (name: string, bytes: Buffer) => {
        const form = new FormData();
        form.set('file', new File([new Uint8Array(bytes)], name));
        return (await huong.call('POST', `${at}/attachments`, form)).body;
      };
      const [picture, price] = [await send('mặt tiền.png', png()), await send('Bảng giá.pdf', pdf())];
      const before = shownBy(stage, person).length;
      const attachmentIds = [picture.id, price.id];
      expect(
        await act(`${at}/messages`, { text: 'Em gửi chị ạ', attachmentIds, seenStaffMessageId: null }),
      ).toMatchObject({ status: 200 });
      expect(shownBy(stage, person).slice(before)).toHaveLength(3);
      const { body } = await huong.call('GET', `${at}/timeline`);
      const sent = itemsOf(body)
        .filter(({ from }) => from.type === 'staff' && from.name === 'Hương')
        .filter(({ kind }) => kind === 'out');
      expect(sent.map(({ status }) => status)).not.toContain('failed');
      const shown = await huong.get(sent[2].media[0].url);
      expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png']);
    },
  );
});

describe('templates', () => {
  test('those of the channel that are approved, filled with what is known; sent as they were shown', async () => {
    const { person, at } = await somebody();
    const customer = await nameCustomer(stage, person);
    await stage.settle();
    const fields = { customer, product: 'spa', expiresAt: '2026-12-20', status: 'active' };
    expect(await stage.api('PUT', `/api/v1/subscriptions/s-${customer}`, fields)).toMatchObject({ status: 200 });
    await stage.settle();
    const { body } = await huong.call('GET', `${at}/templates`);
    const chosen = itemsOf(body).find(({ id }) => id === 'nhac-gia-han');
    expect(chosen).toMatchObject({
      price: 300,
      parameters: [{ value: 'Nguyễn Thị Lan' }, {}, { value: '20/12/2026' }],
    });
    expect(itemsOf(body).every(({ id }) => !`${id}`.endsWith('-messenger'))).toBe(true);
    const parameters = Object.fromEntries(
      chosen.parameters.map(({ name, value }: Record<string, string>) => [name, value]),
    );
    expect(
      await act(`${at}/messages`, { templateId: 'nhac-gia-han', parameters, seenStaffMessageId: null }),
    ).toMatchObject({ status: 200 });
    expect(said(stage, person).at(-1)).toContain('20/12/2026');
  });

  test('Meta’s numbered places are named after the same template on Zalo', async () => {
    const { at } = await somebody('messenger', 'Trần Văn Nam');
    const { body } = await huong.call('GET', `${at}/templates`);
    expect(itemsOf(body).find(({ id }) => id === 'nhac-gia-han-messenger')).toMatchObject({
      parameters: [
        { name: '1', label: 'Tên khách', value: 'Trần Văn Nam' },
        { name: '2', label: 'Sản phẩm' },
        { name: '3', label: 'Ngày hết hạn' },
      ],
    });
  });
});

describe('what is planned for later', () => {
  test('stands in the thread, leaves at its time, or is taken back with a name', async () => {
    const { person, at } = await somebody();
    const inTwoHours = new Date(stage.clock.now().getTime() + 2 * 3_600_000).toISOString();
    const plan = async (text: string, seen: unknown) =>
      (await act(`${at}/messages`, { text, sendAt: inTwoHours, seenStaffMessageId: seen })).body;
    const first = await plan('Chiều em gọi chị ạ', null);
    const second = await plan('Chị nhớ mang máy nhé', first.newestStaffMessageId);
    const { body } = await huong.call('GET', `${at}/timeline`);
    expect(itemsOf(body).slice(0, 2)).toMatchObject([{ sendAt: inTwoHours, status: 'queued' }, { sendAt: inTwoHours }]);
    const cancel = (message: unknown) => act(`${at}/messages/${message}/cancel`, {});
    expect(await cancel(first.newestStaffMessageId)).toMatchObject({ status: 200, body: { status: 'skipped' } });
    expect(await cancel(first.newestStaffMessageId)).toMatchObject({
      status: 409,
      body: { error: { code: 'already_sent' } },
    });
    expect(said(stage, person).at(-1)).not.toContain('Chiều em gọi');
    await stage.pass({ hours: 2, minutes: 1 });
    expect(said(stage, person).at(-1)).toBe('Chị nhớ mang máy nhé');
    expect(said(stage, person)).not.toContain('Chiều em gọi chị ạ');
    expect(await cancel(second.newestStaffMessageId)).toMatchObject({ status: 409 });
    const after = itemsOf((await huong.call('GET', `${at}/timeline`)).body);
    expect(after.find(({ text }) => text === 'Chiều em gọi chị ạ')).toMatchObject({
      kind: 'skipped',
      reason: 'Hương đã hủy trước khi gửi.',
    });
  });
});

describe('scripts', () => {
  test('are listed by title, their steps by their first words', async () => {
    const { body } = await huong.call('GET', '/inbox/flows');
    expect(itemsOf(body)).toContainEqual({ id: 'training', title: 'Đặt lịch đào tạo' });
    const steps = (await huong.call('GET', '/inbox/flows/training')).body.steps;
    expect(steps).toContainEqual(
      expect.objectContaining({ id: 'het_gio', title: expect.stringContaining('không còn giờ trống') }),
    );
    expect(await huong.call('GET', '/inbox/flows/nope')).toMatchObject({ status: 422 });
  });

  test('begin at any step, whoever leads', async () => {
    const { person, at } = await somebody();
    expect(await act(`${at}/flows`, { flow: 'training', at: 'nope' })).toMatchObject({
      status: 422,
      body: { error: { code: 'unknown_step' } },
    });
    expect(await act(`${at}/flows`, { flow: 'training' })).toMatchObject({ status: 200 });
    expect(said(stage, person).at(-1)).toContain('tiện giờ nào');
    await act(`${at}/take`, {});
    expect(await act(`${at}/flows`, { flow: 'training', at: 'de_sau' })).toMatchObject({ status: 200 });
    expect(said(stage, person).at(-1)).toContain('đặt lịch đào tạo');
    expect((await huong.call('GET', at)).body).toMatchObject({ state: 'bot' });
    const { body } = await huong.call('GET', `${at}/timeline`);
    expect(itemsOf(body).find(({ event }) => event === 'flow_started')).toMatchObject({
      flowTitle: 'Đặt lịch đào tạo',
    });
  });
});

describe('work and offers', () => {
  test('a case or a task opens with its day and owner, also for somebody nobody has named', async () => {
    const { at, customerId } = await somebody();
    const dueAt = new Date(stage.clock.now().getTime() + 3 * 86_400_000).toISOString();
    const task = await act(`${at}/work`, { kind: 'task', words: 'Gọi lại về hoá đơn', dueAt, ownerId: huong.id });
    expect(task).toMatchObject({ status: 200, body: { owner: 'huong@ganbo.vn', dueAt } });
    expect(await act(`${at}/work`, { kind: 'case', words: 'Máy in hỏng' })).toMatchObject({ status: 200 });
    expect(await act(`${at}/work`, { kind: 'task', words: 'x', dueAt: '2020-01-01' })).toMatchObject({ status: 422 });
    const { body } = await huong.call('GET', at);
    expect(body.context).toMatchObject({
      openCases: [{ reason: 'Máy in hỏng' }],
      openTasks: [{ title: 'Gọi lại về hoá đơn' }],
    });
    expect(await lines(customerId, 'task_opened')).toMatchObject([{ text: 'Gọi lại về hoá đơn' }]);
  });

  test('what was said about an open offer is written down with its reason', async () => {
    const { at, id, customerId } = await somebody();
    await stage.db.pool.query(
      `INSERT INTO offer_issues (id, code, customer_id, conversation_id, state, benefit, sent_at, created_at) VALUES (gen_random_uuid(), 'TRIAN', $1, $2, 'sent', 'Giảm 10%', $3, $3)`,
      [customerId, id, stage.clock.now()],
    );
    expect(await act(`${at}/offers/NOPE`, { answer: 'accepted' })).toMatchObject({ status: 409 });
    expect(await act(`${at}/offers/TRIAN`, { answer: 'declined', reason: 'chê đắt' })).toMatchObject({ status: 200 });
    expect(await lines(customerId, 'offer_declined')).toMatchObject([
      { reason: 'chê đắt', data: { by: 'huong@ganbo.vn' } },
    ]);
    expect((await huong.call('GET', at)).body.context).toMatchObject({ openOffers: [] });
  });
});

describe('a training', () => {
  test('is booked: confirmation with room and calendar file now, a reminder the hour before', async () => {
    const { person, at, customerId } = await somebody();
    const { body } = await huong.call('GET', '/inbox/trainings');
    const [training] = itemsOf(body);
    const startsAt = training.slots[1];
    const wish = { flow: training.flow, step: training.step, startsAt };
    expect(
      await act(`${at}/bookings`, { ...wish, startsAt: new Date(Date.parse(startsAt) + 60_000).toISOString() }),
    ).toMatchObject({
      status: 409,
      body: { error: { code: 'slot_gone' } },
    });
    const booked = await act(`${at}/bookings`, wish);
    expect(booked).toMatchObject({ status: 200, body: { startsAt } });
    expect(await act(`${at}/bookings`, wish)).toMatchObject({
      status: 409,
      body: { error: { code: 'already_booked' } },
    });
    const shown = shownBy(stage, person).at(-1);
    expect(shown?.text).toContain('Em đã đặt lịch đào tạo');
    expect(JSON.stringify(shown)).toContain('.ics');
    const file = await huong.get(new URL(`${booked.body.calendarUrl}`).pathname);
    expect(await file.text()).toContain('BEGIN:VCALENDAR');
    expect(await lines(customerId, 'training_booked')).toHaveLength(1);
    const untilHourBefore = Date.parse(startsAt) - stage.clock.now().getTime() - 3_600_000;
    await stage.pass({ seconds: untilHourBefore / 1000 + 60 });
    expect(said(stage, person).some((text) => text.includes('còn một giờ nữa'))).toBe(true);
  });

  test('that staff booked is called off by the customer: nobody reminds, the page says so', async () => {
    huong = await signIn(stage);
    const { person, at, customerId } = await somebody();
    const [training] = itemsOf((await huong.call('GET', '/inbox/trainings')).body);
    const startsAt = training.slots[2];
    await act(`${at}/bookings`, { flow: training.flow, step: training.step, startsAt });
    await act(`${at}/hand-back`, { how: 'end' });
    const [off] = await afterWriting(stage, person, 'chị bận rồi, huỷ buổi đào tạo giúp chị');
    expect(off?.text).toContain('đã huỷ');
    expect(await lines(customerId, 'message_skipped')).toMatchObject([{ reason: 'Khách huỷ trong chat' }]);
    const { bookings } = (await huong.call('GET', `/customers/by-id/${customerId}`)).body;
    expect(bookings).toMatchObject([{ startsAt, cancelledAt: expect.any(String) }]);
    await stage.pass({ seconds: (Date.parse(startsAt) - stage.clock.now().getTime()) / 1000 });
    expect(said(stage, person).filter((text) => text.includes('còn một giờ nữa'))).toEqual([]);
  });
});

describe('outside the window', () => {
  test('nothing is booked and no script begins that would not be heard; the card says so before', async () => {
    const { person, at, customerId } = await somebody('messenger', 'Lê Thị Vắng');
    await afterWriting(stage, person, 'chị bận rồi');
    const before = said(stage, person).length;
    await stage.pass({ days: 2 });
    huong = await signIn(stage);
    const { context } = z.object({ context: contextAnswer }).parse((await huong.call('GET', at)).body);
    expect([context.window.mode, context.scriptWindow.isOpen]).toEqual(['human_agent', false]);
    expect(context.scriptWindow.reason).toContain('Quá 24 giờ');
    const { steps } = (await huong.call('GET', '/inbox/flows/training')).body;
    expect(steps).toContainEqual(expect.objectContaining({ id: 'het_gio', hasOtherWay: false }));
    const refused = {
      status: 409,
      body: { error: { code: 'window_closed', message: expect.stringContaining('tin mẫu') } },
    };
    expect(await act(`${at}/flows`, { flow: 'training' })).toMatchObject(refused);
    await act(`${at}/take`, {});
    expect(await act(`${at}/flows`, { flow: 'training', at: 'het_gio' })).toMatchObject(refused);
    expect((await huong.call('GET', at)).body).toMatchObject({ state: 'with_agent' });
    await stage.pass({ days: 7 });
    huong = await signIn(stage);
    const [training] = itemsOf((await huong.call('GET', '/inbox/trainings')).body);
    const wish = { flow: training.flow, step: training.step, startsAt: training.slots[1] };
    expect(await act(`${at}/bookings`, wish)).toMatchObject(refused);
    expect(await lines(customerId, 'training_booked')).toEqual([]);
    expect(said(stage, person).slice(before)).not.toContainEqual(expect.stringContaining('tiện giờ nào'));
  });
});
