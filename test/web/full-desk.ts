// A desk in the middle of its life: people in every state, work to do, things that got stuck. For tests that look at pages.
import { randomUUID } from 'node:crypto';
import { afterWriting, conversationOf, must, nameCustomer, welcomed } from '../stories/scenes.ts';
import type { Desk } from './desk.ts';

const LONG = `Khách hỏi ${'rất nhiều '.repeat(25)}`;

export type FullDesk = { customer: string; stranger: string; conversation: string };

/** Answers one customer, somebody who only chatted (by our own id), and the conversation in which a reply got stuck. */
export async function fillDesk(desk: Desk): Promise<FullDesk> {
  const { stage } = desk;
  const { pool } = stage.db;
  const lan = await welcomed(stage, 'zalo', 'Nguyễn Thị Lan');
  const customer = await nameCustomer(stage, lan);
  await afterWriting(stage, lan, 'đặt lịch đào tạo', 'gặp nhân viên');
  const chi = await welcomed(stage, 'messenger', 'Công ty trách nhiệm hữu hạn thẩm mỹ Lê Thị Phương Chi');
  await afterWriting(stage, chi, LONG, 'gặp nhân viên');
  const { id: conversation } = await conversationOf(stage, customer);
  const subscription = { customer, product: 'spa', plan: 'Cơ bản', status: 'active', expiresAt: '2027-05-01' };
  await must(stage, 'PUT', '/api/v1/subscriptions/S-1', { ...subscription, value: 5_000_000 });
  await must(stage, 'POST', '/api/v1/orders', { id: 'O-1', customer, amount: 5_000_000, at: '2026-10-01' });
  await must(stage, 'POST', '/api/v1/cases', { customer, reason: LONG });
  for (const title of ['Gọi lại cho chị Lan', LONG]) await must(stage, 'POST', '/api/v1/tasks', { customer, title });
  for (const team of ['Spa', 'Đào tạo'])
    await pool.query('INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)', [
      randomUUID(),
      team,
      stage.clock.now(),
    ]);
  await must(stage, 'POST', '/api/v1/canned-replies', {
    shortcut: 'chao',
    title: 'Chào khách',
    text: LONG,
    teamId: null,
  });
  await pool.query(
    `UPDATE outbound_messages SET status = 'parked', reason = 'Không rõ tin đã đến chưa' WHERE id =
       (SELECT o.id FROM outbound_messages o JOIN channel_identities i ON i.id = o.identity_id WHERE i.external_id = $1 ORDER BY o.seq LIMIT 1)`,
    [chi.id],
  );
  await desk.settle();
  const { rows } = await pool.query<{ id: string }>(
    'SELECT c.id FROM customers c JOIN channel_identities i ON i.customer_id = c.id WHERE i.external_id = $1',
    [chi.id],
  );
  return { customer, stranger: rows[0]?.id ?? '', conversation };
}
