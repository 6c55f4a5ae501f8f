// People and their data over the life of a program: a copy, erasure, coming back, a channel's request to delete, and logs
// that know nobody.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../src/log.ts';
import { tablesWith } from '../privacy/person.ts';
import { acceptedFor, afterWriting, CHANNELS, inDays, must, nameCustomer, type Somebody, welcomed } from './scenes.ts';
import { API_KEY, openStage, type Stage } from './stage.ts';

const lines: string[] = [];
let stage: Stage;
beforeAll(async () => {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  stage = await openStage({ log: createLog('debug', destination) });
});
afterAll(async () => {
  await stage.close();
});

async function erase(customer: string, key?: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${stage.address}/api/v1/customers/${customer}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${API_KEY}`, ...(key === undefined ? {} : { 'idempotency-key': key }) },
  });
  return { status: response.status, body: await response.json() };
}

/** Somebody with a phone number, a subscription and words of their own. */
async function knownPerson(
  channel: 'zalo' | 'messenger',
  phone: string,
): Promise<{ person: Somebody; customer: string }> {
  const person = await welcomed(stage, channel, `Trần Thị Yến ${phone}`);
  const customer = await nameCustomer(stage, person);
  await must(stage, 'PUT', `/api/v1/customers/${customer}`, { phone, email: `yen.${phone}@khach.example` });
  await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, {
    customer,
    product: 'spa',
    startedAt: inDays(stage, -60),
    expiresAt: inDays(stage, 7),
  });
  await afterWriting(stage, person, `chuyện riêng của ${phone}`);
  return { person, customer };
}

describe.each(CHANNELS)('on %s', (channel) => {
  const phone = channel === 'zalo' ? '84911222333' : '84911222444';

  test('whoever is erased is found nowhere, gets nothing more, and comes back as somebody new who said no', async () => {
    const { person, customer } = await knownPerson(channel, phone);
    const copy = await must(stage, 'GET', `/api/v1/customers/${customer}/export`);
    expect(JSON.stringify(copy)).toContain(`chuyện riêng của ${phone}`);
    const receipt = await erase(customer, `erase-${channel}`);
    expect(receipt).toMatchObject({ status: 200, body: { rows: { customers: 1, channel_identities: 1 } } });
    expect(await erase(customer, `erase-${channel}`)).toEqual(receipt);
    expect((await stage.api('GET', `/api/v1/customers/${customer}`)).status).toBe(404);
    const needles = [phone, person.id, `${customer}-spa`, `"${customer}"`, `chuyện riêng của ${phone}`];
    expect(await tablesWith(stage.db, needles)).toEqual([]);
    const before = acceptedFor(stage, person).length;
    await stage.pass({ days: 9 });
    expect(acceptedFor(stage, person)).toHaveLength(before);
    // Their own question is answered; nothing unasked follows.
    await afterWriting(stage, person, 'hướng dẫn');
    expect(acceptedFor(stage, person).length).toBeGreaterThan(before);
    const again = await nameCustomer(stage, person);
    const found = await must(stage, 'GET', `/api/v1/customers/${again}`);
    expect(found).toMatchObject({ phone: null, email: null, optedOutAt: expect.any(String) });
    await afterWriting(stage, person, 'nhận tin');
    expect((await must(stage, 'GET', `/api/v1/customers/${again}`)).optedOutAt).toBeNull();
  });
});

test('who comes back by telephone number only is silent within the minute', async () => {
  const customer = 'kh-by-phone';
  await must(stage, 'PUT', `/api/v1/customers/${customer}`, { phone: '0911222333' });
  await stage.program.tickMinute();
  await vi.waitFor(async () =>
    expect((await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt).not.toBeNull(),
  );
});

test('a request to delete that Zalo passes on waits for a person, with the days of the law and warnings', async () => {
  const { person, customer } = await knownPerson('zalo', '84911222555');
  const event = { event_name: 'user_withdraw', oa_id: stage.sandbox.zaloSettings.oaId, user_id: person.id };
  stage.sandbox.sendEvent('zalo', event);
  await stage.settle();
  const requests = async (which: string) => await must(stage, 'GET', `/api/v1/privacy/requests?which=${which}`);
  const list = await requests('open');
  expect(list.items).toMatchObject([{ kind: 'delete', customer, source: 'zalo:data_withdrawal', warning: null }]);
  await stage.pass({ days: 11 });
  await stage.program.tickMinute();
  const due = async () =>
    await stage.db.pool.query(`SELECT title FROM tasks WHERE kind = 'privacy_request' AND status = 'open'`);
  await vi.waitFor(async () => expect((await due()).rowCount).toBe(1));
  expect((await due()).rows[0].title).toMatch(/^Khách yêu cầu xoá dữ liệu: đã hết hạn/);
  expect((await requests('late')).items).toHaveLength(1);
  const first = Object(list.items)[0];
  await must(stage, 'POST', `/api/v1/privacy/requests/${first.id}/erase`);
  expect(await tablesWith(stage.db, [person.id, '84911222555', `"${customer}"`])).toEqual([]);
  expect((await requests('open')).items).toEqual([]);
  expect((await requests('all')).items).toMatchObject([{ status: 'done', customer: null }]);
});

test('a breach has 72 hours, a request one extension', async () => {
  const breach = await must(stage, 'POST', '/api/v1/privacy/requests', { kind: 'breach', detail: 'Mất một máy tính.' });
  expect(Date.parse(String(breach.actDueAt)) - Date.parse(String(breach.receivedAt))).toBe(72 * 3_600_000);
  expect((await stage.api('POST', `/api/v1/privacy/requests/${breach.id}/extend`)).status).toBe(409);
  const copy = await must(stage, 'POST', '/api/v1/privacy/requests', { kind: 'copy', customer: 'kh-by-phone' });
  const extended = await must(stage, 'POST', `/api/v1/privacy/requests/${copy.id}/extend`);
  expect(Date.parse(String(extended.actDueAt)) - Date.parse(String(copy.actDueAt))).toBe(10 * 86_400_000);
  expect((await stage.api('POST', `/api/v1/privacy/requests/${copy.id}/extend`)).status).toBe(409);
  const closed = await must(stage, 'POST', `/api/v1/privacy/requests/${copy.id}/done`, { outcome: 'Đã gửi bản sao.' });
  expect(closed).toMatchObject({ status: 'done', outcome: 'Đã gửi bản sao.' });
});

test('the history of consents is kept word for word', async () => {
  const path = '/api/v1/customers/kh-by-phone/consents';
  const consent = { purpose: 'advertising', granted: true, source: 'to-khai', wording: 'Tôi đồng ý nhận tin.' };
  await must(stage, 'POST', path, { consents: [consent] });
  await stage.pass({ minutes: 1 });
  const { items } = await must(stage, 'POST', path, { consents: [{ ...consent, granted: false }] });
  expect(items).toMatchObject([
    { granted: false, holds: true, wordingVersion: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { granted: true, holds: false },
    { purpose: 'all', granted: false, source: 'erased_before' },
  ]);
  expect(await must(stage, 'GET', path)).toEqual({ items });
});

test('the log at its most talkative holds no number, no word of theirs, no token', async () => {
  await afterWriting(stage, await welcomed(stage, 'messenger'), 'CHIMHOÀNGYẾN 0911222666');
  const text = lines.join('');
  expect(lines.length).toBeGreaterThan(0);
  const { rows } = await stage.db.pool.query<{ external_id: string }>('SELECT external_id FROM channel_identities');
  const tokens = Object.values({ ...stage.sandbox.zaloSettings, ...stage.sandbox.messengerSettings }).filter(
    (value): value is string => typeof value === 'string' && value.length >= 24 && !value.startsWith('http'),
  );
  expect(tokens.length).toBeGreaterThan(0);
  const canaries = ['CHIMHOÀNGYẾN', '0911222666', '84911222', 'chuyện riêng', 'Trần Thị Yến', API_KEY, ...tokens];
  expect(canaries.filter((canary) => text.includes(canary))).toEqual([]);
  expect(rows.filter(({ external_id }) => text.includes(external_id))).toEqual([]);
});

test('a channel that may erase at once does', async () => {
  const auto = await openStage({ env: { ERASE_ON_WITHDRAWAL: 'auto' } });
  try {
    const person = await welcomed(auto, 'zalo');
    auto.sandbox.sendEvent('zalo', {
      event_name: 'user_withdraw',
      oa_id: auto.sandbox.zaloSettings.oaId,
      user_id: person.id,
    });
    await auto.settle();
    await auto.program.tickMinute();
    await vi.waitFor(async () => expect(await tablesWith(auto.db, [person.id])).toEqual([]));
  } finally {
    await auto.close();
  }
});
