// The ledger of a customer over REST: newest first, paged without gaps, with what each line points at.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { touchpointPage } from '../../src/ledger/touchpoint-schema.ts';
import { writeTouchpoints } from '../../src/ledger/write-touchpoints.ts';
import { createHarness, type Harness, START, seedChatter } from '../api/api-harness.ts';

let api: Harness;
let customerId: string;
beforeAll(async () => {
  api = await createHarness();
  const { body } = await api.call('PUT', '/api/v1/customers/KH-1', { body: {} });
  customerId = z.string().parse(body.id);
  await writeTouchpoints(
    api.db.pool,
    Array.from({ length: 7 }, (_, n) => ({
      at: START,
      kind: n % 2 ? ('message_in' as const) : ('message_out' as const),
      customerId,
      text: `tin ${n}`,
    })),
  );
});
afterAll(() => api.close());

async function page(query: string, externalId = 'KH-1') {
  const answer = await api.call('GET', `/api/v1/customers/${externalId}/touchpoints${query}`);
  expect(answer.status).toBe(200);
  return touchpointPage.parse(answer.body);
}

describe('GET /api/v1/customers/{externalId}/touchpoints', () => {
  it('is newest first, and pages without gap or repeat while new lines come in', async () => {
    const seen: (string | null)[] = [];
    let cursor = '';
    for (;;) {
      const { items, nextCursor } = await page(`?limit=3&kind=message_in,message_out${cursor}`);
      seen.push(...items.map((item) => item.text));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
      await writeTouchpoints(api.db.pool, [{ at: START, kind: 'message_in', customerId, text: 'mới' }]);
    }
    expect(seen).toEqual(['tin 6', 'tin 5', 'tin 4', 'tin 3', 'tin 2', 'tin 1', 'tin 0']);
  });

  it('can be asked for one kind', async () => {
    const { items, nextCursor } = await page('?kind=customer_saved');
    expect(items).toMatchObject([{ kind: 'customer_saved', data: { isNew: true } }]);
    expect(nextCursor).toBeNull();
  });

  it('shows the flow version of a line and how far its message has got', async () => {
    const chatter = await seedChatter(api, 'zalo', '300001');
    await api.call('PUT', '/api/v1/customers/KH-2', { body: { identities: { zalo: '300001' } } });
    const [versionId, messageId] = [api.newId(), api.newId()];
    await api.rows(
      `INSERT INTO flow_versions (id, flow, number, checksum, source, published_at) VALUES ($1, 'welcome', 3, 'x', 'x', now())`,
      [versionId],
    );
    await api.rows(
      `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content,
         purpose, author, status, reason, available_at, created_at)
       VALUES ($1, $2, $3, $4, 'zalo', 'oa', '{}', 'answer', 'flow', 'delivered', NULL, now(), now())`,
      [messageId, chatter.conversationId, chatter.identityId, chatter.customerId],
    );
    await writeTouchpoints(api.db.pool, [
      {
        at: START,
        kind: 'message_out',
        customerId: chatter.customerId,
        conversationId: chatter.conversationId,
        channel: 'zalo',
        text: 'Chào chị',
        flowVersionId: versionId,
        step: 'chao',
        outboundMessageId: messageId,
        costAmount: 55,
      },
    ]);
    const { items } = await page('?kind=message_out', 'KH-2');
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        at: START.toISOString(),
        kind: 'message_out',
        channel: 'zalo',
        conversationId: chatter.conversationId,
        text: 'Chào chị',
        reason: null,
        flow: 'welcome',
        version: 3,
        step: 'chao',
        cost: 55,
        message: { id: messageId, status: 'delivered', reason: null },
        data: {},
      },
    ]);
  });

  it('is 404 for an unknown customer', async () => {
    const answer = await api.call('GET', '/api/v1/customers/KH-404/touchpoints');
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'unknown_customer' } } });
  });

  it.each(['?limit=0', '?limit=201', '?limit=x', '?cursor=abc', '?cursor=-1', '?kind=DROP TABLE'])(
    'refuses %s',
    async (query) => {
      expect((await api.call('GET', `/api/v1/customers/KH-1/touchpoints${query}`)).status).toBe(400);
    },
  );
});
