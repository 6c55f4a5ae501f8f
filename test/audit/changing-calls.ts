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
  'POST /keys': simple('/keys', { name: 'audited', scopes: ['keys'] }),
  'DELETE /keys/:id': {
    call: async (seed) => {
      const id = await seed.post('/keys', { name: 'to be revoked', scopes: ['keys'] });
      return { path: `/keys/${id}`, refused: { path: `/keys/${NOBODY}` } };
    },
  },
};
