import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  afterDoing,
  afterWriting,
  CHANNELS,
  conversationOf,
  inDays,
  ledgerOf,
  must,
  nameCustomer,
  said,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => {
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

const countCustomers = async () => (await stage.db.pool.query('SELECT 1 FROM customers')).rowCount;

test.each(CHANNELS)('on %s, a person who already chatted becomes the customer; nothing is doubled', async (channel) => {
  const person = await welcomed(stage, channel);
  await afterWriting(stage, person, 'hướng dẫn');
  const before = await countCustomers();
  const path = `/api/v1/customers/crm-${channel}`;
  const body = { name: 'Nguyễn Thị Lan', formOfAddress: 'chị', identities: { [channel]: person.id } };
  const first = await must(stage, 'PUT', path, body);
  const second = await must(stage, 'PUT', path, body);
  expect(second.id).toBe(first.id);
  expect(await countCustomers()).toBe(before);
  expect((await ledgerOf(stage, `crm-${channel}`, 'message_in')).map((line) => line.text)).toContain('hướng dẫn');
  expect(await conversationOf(stage, `crm-${channel}`)).toMatchObject({
    channel,
    customer: `crm-${channel}`,
    flow: 'how-to',
  });
  const [answer] = await afterWriting(stage, person, 'đặt lịch đào tạo');
  expect(answer?.text).toContain('Chị tiện giờ nào');
});

test('a person who chats on two channels is one customer with two conversations', async () => {
  const zalo = await welcomed(stage, 'zalo');
  const messenger = await welcomed(stage, 'messenger');
  const before = (await countCustomers()) ?? 0;
  const customer = await nameCustomer(stage, zalo, messenger);
  expect(await countCustomers()).toBe(before - 1);
  expect((await conversationOf(stage, customer, 'zalo')).peerId).toBe(zalo.id);
  expect((await conversationOf(stage, customer, 'messenger')).peerId).toBe(messenger.id);
  const channels = (await ledgerOf(stage, customer, 'message_out')).map((line) => line.channel);
  expect(channels.toSorted()).toEqual(['messenger', 'zalo']);
  // What one channel waits for does not answer on the other.
  await afterWriting(stage, zalo, 'đặt lịch đào tạo');
  await afterWriting(stage, messenger, 'gặp nhân viên');
  expect(await conversationOf(stage, customer, 'zalo')).toMatchObject({ state: 'bot', flow: 'training' });
  expect(await conversationOf(stage, customer, 'messenger')).toMatchObject({ state: 'waiting_for_agent' });
});

test('a known buyer who follows is welcomed with the form of address of the CRM', async () => {
  const person = stage.sandbox.createPerson({ channel: 'zalo', name: 'Nguyễn Thị Lan' });
  await must(stage, 'PUT', '/api/v1/customers/crm-known', { formOfAddress: 'chị', identities: { zalo: person.id } });
  const [welcome, ...more] = await afterDoing(stage, person, () => stage.sandbox.follow(person));
  expect(more).toEqual([]);
  expect(welcome?.text).toContain('Chào chị Lan');
  expect(await conversationOf(stage, 'crm-known')).toMatchObject({ state: 'bot', flow: 'welcome' });
});

test.each([
  ['onboarding', 'gói Cơ bản'],
  ['activation-nudge', 'chưa thử tạo lịch hẹn'],
])('"%s" begun by hand knows what a journey would know: "%s"', async (flow, words) => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  const plan = { customer, product: 'spa', plan: 'co-ban', startedAt: inDays(stage, -40) };
  await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, plan);
  await must(stage, 'POST', `/api/v1/customers/${customer}/flows/${flow}`);
  await stage.settle();
  expect(said(stage, person).at(-1)).toContain(words);
});

test('an identity of one customer is not given to another', async () => {
  const person = await welcomed(stage, 'zalo');
  await nameCustomer(stage, person);
  const refused = await stage.api('PUT', '/api/v1/customers/crm-thief', { identities: { zalo: person.id } });
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'identity_taken' } } });
});

test('what is unknown or wrong is said with a stable code', async () => {
  expect(await stage.api('GET', '/api/v1/customers/nobody/touchpoints')).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown_customer' } },
  });
  expect(await stage.api('GET', '/api/v1/conversations?customer=nobody')).toMatchObject({ status: 404 });
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  expect(await stage.api('POST', `/api/v1/customers/${customer}/flows/no-such-flow`)).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown_flow' } },
  });
  const { status } = await fetch(`${stage.address}/api/v1/customers/${customer}`);
  expect(status).toBe(401);
});

test('the ledger reads newest first, page by page, without gaps', async () => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  await afterWriting(stage, person, 'hướng dẫn', 'đặt lịch đào tạo', 'để sau');
  const all = (await ledgerOf(stage, customer)).map((line) => line.id);
  const seen: string[] = [];
  for (let cursor: unknown = null, pages = 0; pages < 50; pages += 1) {
    const page = await must(
      stage,
      'GET',
      `/api/v1/customers/${customer}/touchpoints?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    seen.push(...(page.items as { id: string }[]).map((line) => line.id));
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  expect(seen.toReversed()).toEqual(all);
});

test('staff start a flow for a customer; while an agent leads it waits', async () => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  const { id } = await conversationOf(stage, customer);
  await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
  await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
  const before = said(stage, person).length;
  await stage.pass({ hours: 2 });
  expect(said(stage, person)).toHaveLength(before);
  await must(stage, 'POST', `/api/v1/conversations/${id}/hand-back`, { by: 'huong', how: 'end' });
  await stage.pass({ hours: 2 });
  expect(said(stage, person).slice(before)).toEqual([expect.stringContaining('hài lòng')]);
});
