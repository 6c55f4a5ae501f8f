// The same call twice, or twenty times at once, is one call.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHarness, type Harness, seedChatter } from './api-harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
  await api.call('PUT', '/api/v1/customers/KH-1', { body: { name: 'Lan' } });
});
afterAll(() => api.close());

const ledgerCount = async (kind: string) =>
  (await api.rows('SELECT 1 FROM touchpoints WHERE kind = $1', [kind])).length;

it('twenty parallel calls with one key have one effect and one answer', async () => {
  const body = { customer: 'KH-1', id: 'DH-1', amount: 399_000 };
  const before = await ledgerCount('order_recorded');
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.call('POST', '/api/v1/orders', { body, key: 'key-1' })),
  );
  expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body]))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 200, body: { id: 'DH-1', result: 'recorded' } });
  expect(await ledgerCount('order_recorded')).toBe(before + 1);
});

it('the stored answer comes again even when the record has moved on', async () => {
  const call = (name: string, key?: string) =>
    api.call('PUT', '/api/v1/customers/KH-2', key === undefined ? { body: { name } } : { body: { name }, key });
  const first = await call('Minh', 'key-2');
  await call('Minh Anh');
  expect((await call('Minh', 'key-2')).body).toEqual(first.body);
  expect((await api.call('GET', '/api/v1/customers/KH-2')).body.name).toBe('Minh Anh');
});

it('the order of keys in the body means nothing', async () => {
  const first = await api.call('PUT', '/api/v1/customers/KH-3', { body: { name: 'A', role: 'B' }, key: 'key-3' });
  const second = await api.call('PUT', '/api/v1/customers/KH-3', { body: { role: 'B', name: 'A' }, key: 'key-3' });
  expect(second.body).toEqual(first.body);
});

it.each([
  { what: 'another body', path: '/api/v1/customers/KH-4', body: { name: 'B' } },
  { what: 'another address', path: '/api/v1/customers/KH-5', body: { name: 'A' } },
])('a key used for $what is refused and changes nothing', async ({ path, body }) => {
  await api.call('PUT', '/api/v1/customers/KH-4', { body: { name: 'A' }, key: 'key-4' });
  const answer = await api.call('PUT', path, { body, key: 'key-4' });
  expect(answer).toMatchObject({ status: 422, body: { error: { code: 'idempotency_key_reused' } } });
  expect((await api.call('GET', '/api/v1/customers/KH-4')).body.name).toBe('A');
  expect((await api.call('GET', '/api/v1/customers/KH-5')).status).toBe(404);
});

it('a refused call leaves no trace: the key may be used again when the cause is mended', async () => {
  const call = () =>
    api.call('PUT', '/api/v1/subscriptions/S-6', { body: { customer: 'KH-6', product: 'spa' }, key: 'key-6' });
  expect((await call()).status).toBe(422);
  await api.call('PUT', '/api/v1/customers/KH-6', { body: {} });
  expect((await call()).status).toBe(200);
});

it('of parallel calls with one key and two bodies, one body wins and the other is refused', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      api.call('PUT', '/api/v1/customers/KH-7', { body: { name: n % 2 ? 'A' : 'B' }, key: 'key-7' }),
    ),
  );
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(5);
  expect(answers.filter((answer) => answer.status === 422)).toHaveLength(5);
});

it('a staff move is pushed once however often it is repeated', async () => {
  const { conversationId, identityId } = await seedChatter(api, 'zalo', '600001');
  for (let n = 0; n < 3; n += 1) {
    const body = { owner: 'lan' };
    const answer = await api.call('POST', `/api/v1/conversations/${conversationId}/take-over`, { body, key: 'key-8' });
    expect(answer).toMatchObject({ status: 200, body: { id: conversationId } });
  }
  expect(await api.rows('SELECT 1 FROM inbound_queue WHERE identity_id = $1', [identityId])).toHaveLength(1);
});

it('a key longer than 200 characters is refused', async () => {
  const answer = await api.call('PUT', '/api/v1/customers/KH-9', { body: {}, key: 'x'.repeat(201) });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
});

it('what one caller was answered is not given to another who sends the same key', async () => {
  const other = await api.call('POST', '/api/v1/keys', { body: { name: 'nguoi-khac', scopes: ['records:write'] } });
  const body = { name: 'Hoa' };
  expect((await api.call('PUT', '/api/v1/customers/KH-9', { body, key: 'key-9' })).status).toBe(200);
  const headers = { authorization: `Bearer ${other.body.key}` };
  const answer = await api.call('PUT', '/api/v1/customers/KH-9', { body, key: 'key-9', headers });
  expect(answer).toMatchObject({ status: 422, body: { error: { code: 'idempotency_key_reused' } } });
});
