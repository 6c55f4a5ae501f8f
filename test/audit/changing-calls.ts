// One good and one bad call for every changing route of the REST API. A new route needs a line here.

export type Seed = {
  chatter(
    peerId: string,
    more?: { state?: string; owner?: string },
  ): Promise<{ identityId: string; customerId: string; conversationId: string }>;
  /** Answers the id of what was made. */
  post(path: string, body: object): Promise<string>;
  put(path: string, body: object): Promise<string>;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
};

export type Prepared = { path: string; body?: object; refused: { path?: string; body?: object } };
export type Example = {
  /** Calls made before: path and body. */
  before?: [path: string, body: object][];
  call(seed: Seed): Promise<Prepared> | Prepared;
};

const NOBODY = '0b1f8d1e-93a5-7000-8000-000000000000';
const customer: [string, object] = ['/customers/KH-1', {}];
const subscription: [string, object] = ['/subscriptions/S-1', { customer: 'KH-1', product: 'spa' }];
const wrong = { body: { nonsense: 1 } };

const simple = (path: string, body: object, refused: Prepared['refused'] = wrong): Example => ({
  before: [customer, subscription],
  call: () => ({ path, body, refused }),
});

const inConversation = (
  peerId: string,
  act: string,
  body: object,
  more?: { state?: string; owner?: string },
): Example => ({
  call: async (seed) => {
    const { conversationId } = await seed.chatter(peerId, more);
    return { path: `/conversations/${conversationId}/${act}`, body, refused: wrong };
  },
});

const onWork = (kind: '/cases' | '/tasks', act: string, body: object): Example => ({
  before: [customer],
  call: async (seed) => {
    const id = await seed.post(kind, { customer: 'KH-1', ...(kind === '/cases' ? { reason: 'x' } : { title: 'x' }) });
    return { path: `${kind}/${id}${act}`, body, refused: wrong };
  },
});

let made = 0;
const onStaff = (act: string, body: object): Example => ({
  call: async (seed) => {
    made += 1;
    const id = await seed.post('/staff', { email: `nguoi${made}@spa.vn`, name: 'X', role: 'agent' });
    return { path: `/staff/${id}${act}`, body, refused: { path: `/staff/${NOBODY}${act}`, body } };
  },
});
const onTeam = (body: object | undefined): Example => ({
  call: async (seed) => {
    made += 1;
    const id = await seed.post('/teams', { name: `Nhóm ${made}` });
    return {
      path: `/teams/${id}`,
      ...(body ? { body } : {}),
      refused: { path: `/teams/${NOBODY}`, ...(body ? { body } : {}) },
    };
  },
});

/** Files, journeys, the outside, privacy, what staff do for themselves: their own tests make these calls. */
export const calledElsewhere =
  /^[A-Z]+ \/(inbox|canned-replies|dead-letters|channels|forgotten-password|settings|imports|journeys|webhooks|privacy|incidents|offers|surveys|templates|session|me|links|customers\/by-id\/|customers\/:externalId\/(journeys|consents|offers|export|erase|erasure|privacy|opt))/;

export const examples: Record<string, Example> = {
  'PUT /customers/:externalId': simple('/customers/KH-2', { name: 'Lan' }),
  'PUT /subscriptions/:externalId': simple('/subscriptions/S-2', { customer: 'KH-1', product: 'spa' }),
  'POST /usage': simple('/usage', [{ customer: 'KH-1', metric: 'm', value: 1, at: '2026-11-01', idempotencyKey: 'a' }]),
  'POST /orders': simple('/orders', { id: 'O-1', customer: 'KH-1', amount: 5 }),
  'POST /conversations/:id/take-over': inConversation('7001', 'take-over', { owner: 'lan' }),
  'POST /conversations/:id/hand-back': inConversation(
    '7002',
    'hand-back',
    { by: 'lan' },
    { state: 'with_agent', owner: 'lan' },
  ),
  'POST /conversations/:id/resolve': inConversation('7003', 'resolve', { by: 'lan' }),
  'POST /conversations/:id/messages': inConversation(
    '7004',
    'messages',
    { text: 'Dạ', author: 'lan' },
    { state: 'with_agent', owner: 'lan' },
  ),
  'POST /customers/:externalId/flows/:flow': {
    call: async (seed) => {
      await seed.chatter('7005');
      await seed.put('/customers/KH-5', { identities: { zalo: '7005' } });
      await seed.rows(
        `INSERT INTO flow_versions (id, flow, number, checksum, source, published_at) VALUES ($1, 'welcome', 1, 'x', 'x', now())`,
        [NOBODY],
      );
      return { path: '/customers/KH-5/flows/welcome', refused: { path: '/customers/KH-5/flows/nonsense' } };
    },
  },
  'POST /customers/batch': simple('/customers/batch', [{ externalId: 'KH-3' }]),
  'POST /subscriptions/batch': simple('/subscriptions/batch', [
    { externalId: 'S-3', customer: 'KH-1', product: 'spa' },
  ]),
  'POST /orders/batch': simple('/orders/batch', [{ id: 'O-2', customer: 'KH-1', amount: 5 }]),
  'POST /events': simple('/events', [{ customer: 'KH-1', event: 'x', idempotencyKey: 'x' }]),
  'POST /customers/:externalId/merges': {
    before: [customer, ['/customers/KH-6', {}]],
    call: () => ({ path: '/customers/KH-1/merges', body: { other: 'KH-6' }, refused: wrong }),
  },
  'POST /merges/:id/undo': {
    before: [customer, ['/customers/KH-7', {}]],
    call: async (seed) => {
      const id = await seed.post('/customers/KH-1/merges', { other: 'KH-7' });
      return { path: `/merges/${id}/undo`, refused: {} };
    },
  },
  'POST /customers/:externalId/links': simple('/customers/KH-1/links', {}, { path: '/customers/KH-404/links' }),
  'POST /cases': simple('/cases', { customer: 'KH-1', reason: 'x' }),
  'PUT /cases/:id': onWork('/cases', '', { owner: 'lan' }),
  'POST /cases/:id/close': onWork('/cases', '/close', { outcome: 'x', by: 'lan' }),
  'POST /cases/:id/reopen': {
    before: [customer],
    call: async (seed) => {
      const id = await seed.post('/cases', { customer: 'KH-1', reason: 'x' });
      await seed.post(`/cases/${id}/close`, { outcome: 'x', by: 'lan' });
      return { path: `/cases/${id}/reopen`, body: { reason: 'x', by: 'lan' }, refused: wrong };
    },
  },
  'POST /tasks': simple('/tasks', { customer: 'KH-1', title: 'x' }),
  'PUT /tasks/:id': onWork('/tasks', '', { owner: 'lan' }),
  'POST /tasks/:id/done': onWork('/tasks', '/done', { by: 'lan' }),
  'POST /tasks/:id/cancel': onWork('/tasks', '/cancel', { by: 'lan' }),
  'POST /staff': simple('/staff', { email: 'lan@spa.vn', name: 'Lan', role: 'agent' }),
  'PATCH /staff/:id': onStaff('', { name: 'Lan' }),
  'POST /staff/:id/invite': onStaff('/invite', {}),
  'POST /staff/:id/reset': onStaff('/reset', {}),
  'POST /staff/:id/disable': onStaff('/disable', {}),
  'POST /staff/:id/enable': onStaff('/enable', {}),
  'POST /teams': simple('/teams', { name: 'Da liễu' }),
  'PATCH /teams/:id': onTeam({ name: 'Chăm sóc' }),
  'DELETE /teams/:id': onTeam(undefined),
  'POST /keys': simple('/keys', { name: 'audited', scopes: ['keys'] }),
  'DELETE /keys/:id': {
    call: async (seed) => {
      const id = await seed.post('/keys', { name: 'to be revoked', scopes: ['keys'] });
      return { path: `/keys/${id}`, refused: { path: `/keys/${NOBODY}` } };
    },
  },
};
