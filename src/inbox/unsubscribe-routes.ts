// The way out at the foot of every e-mail: no sign-in, at once, on every channel. Looking at the page changes nothing, since
// mail servers open links to scan them; only the button does, or the one click of RFC 8058 that mail programs offer.
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { readUnsubscribeToken } from '../channels/email/unsubscribe-token.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { identityIdOf, type NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { applyOutboxChanges } from '../outbox/apply-outbox-changes.ts';

export type UnsubscribeDeps = { db: Database; clock: Clock; newId: NewId; secretKey: Buffer };

const SOURCE = 'email:link';
const REASON = 'Khách từ chối nhận tin.';

export async function registerUnsubscribe(app: FastifyInstance, deps: UnsubscribeDeps): Promise<void> {
  app.get<{ Params: { token: string } }>('/u/:token', async (request, reply) => {
    const pair = readUnsubscribeToken(deps.secretKey, request.params.token);
    reply.code(pair === null ? 404 : 200).type('text/html; charset=utf-8');
    return pair === null ? page(UNKNOWN_LINK) : page(ASK);
  });
  app.post<{ Params: { token: string } }>('/u/:token', async (request, reply) => {
    const pair = readUnsubscribeToken(deps.secretKey, request.params.token);
    reply.code(pair === null ? 404 : 200).type('text/html; charset=utf-8');
    if (pair === null) return page(UNKNOWN_LINK);
    const identityId = identityIdOf('email', pair.accountId, pair.address);
    await deps.db.transaction('opt-out-by-link', (client) => optOutBy(client, deps, identityId));
    return page(DONE);
  });
}

/** Identities before the customer, as turns lock them: none that is under way goes on by its older picture. */
async function optOutBy(client: pg.ClientBase, { clock, newId }: UnsubscribeDeps, identityId: string): Promise<void> {
  const found = await client.query<{ customer_id: string; conversation_id: string | null }>(
    `SELECT i.customer_id, c.id AS conversation_id FROM channel_identities i LEFT JOIN conversations c ON c.identity_id = i.id
     WHERE i.id = $1 AND i.customer_id IS NOT NULL`,
    [identityId],
  );
  const [person] = found.rows;
  if (person === undefined) return;
  const { customer_id: customerId, conversation_id: conversationId } = person;
  await client.query('SELECT id FROM channel_identities WHERE customer_id = $1 ORDER BY id FOR UPDATE', [customerId]);
  const now = clock.now();
  const { rowCount } = await client.query(
    'UPDATE customers SET opted_out_at = $2, updated_at = $2 WHERE id = $1 AND opted_out_at IS NULL',
    [customerId, now],
  );
  // A second click, or the mail program's after the reader's, has nothing to add.
  if (rowCount === 0) return;
  await client.query(
    `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, wording, at)
     VALUES ($1, $2, 'all', '*', false, $3, NULL, $4)`,
    [newId(), customerId, SOURCE, now],
  );
  const whose = { identityId, customerId, conversationId: conversationId ?? '', channel: 'email' };
  const reason = 'Khách đã từ chối nhận tin.';
  await applyOutboxChanges(client, now, [{ ...whose, change: 'skip_queued', which: 'unasked', reason }]);
  const data = { source: SOURCE };
  const line = {
    at: now,
    kind: 'opted_out' as const,
    customerId,
    conversationId,
    channel: 'email',
    reason: REASON,
    data,
  };
  await writeTouchpoints(client, [line]);
}

const ASK = `<h1>Ngừng nhận tin</h1><p>Bấm nút dưới đây, chúng tôi sẽ không gửi tin chăm sóc hay quảng cáo cho anh/chị nữa, trên mọi kênh.</p>
<form method="post"><button type="submit">Ngừng nhận tin</button></form>`;
const DONE =
  '<h1>Đã ngừng</h1><p>Anh/chị sẽ không nhận tin chăm sóc hay quảng cáo nữa. Muốn nhận lại, anh/chị chỉ cần nhắn cho chúng tôi.</p>';
const UNKNOWN_LINK =
  '<h1>Liên kết không đúng</h1><p>Anh/chị mở lại liên kết ở cuối thư, hoặc trả lời thư để chúng tôi hỗ trợ.</p>';

function page(body: string): string {
  return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>Ngừng nhận tin</title></head><body>${body}</body></html>`;
}
