// The feed behind the live stream: a line that becomes visible late, with an older id, is told; nothing is told twice.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changesSince, currentPlace, isPast, readPlace, writePlace } from '../../src/inbox/follow-changes.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

let inbox: InboxStage;
beforeAll(async () => {
  inbox = await openInbox();
});
afterAll(() => inbox.close());

const LINE = `INSERT INTO touchpoints (at, kind, customer_id, conversation_id) VALUES ($1, 'message_in', $2, $3)`;

test('commits out of the order of their ids leave no gap and no double, in whatever process one comes back', async () => {
  const [slow, quick] = [await inbox.chatter('s'), await inbox.chatter('q')];
  const { pool } = inbox.db;
  const start = await currentPlace(pool);
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(LINE, [START, slow.customerId, slow.conversationId]);
  await inbox.rows(LINE, [START, quick.customerId, quick.conversationId]);
  const first = await changesSince(pool, start);
  expect(first.changes.map((one) => one.conversationId)).toEqual([quick.conversationId]);
  await client.query('COMMIT');
  client.release();
  const again = readPlace(writePlace(first.place));
  const second = await changesSince(pool, again ?? start);
  expect(second.changes.map((one) => one.conversationId)).toEqual([slow.conversationId]);
  expect((await changesSince(pool, second.place)).changes).toEqual([]);
  const upto = await changesSince(pool, start, first.place.snapshot);
  expect(upto.changes.map((one) => one.conversationId)).toEqual([quick.conversationId]);
  expect(readPlace('nonsense')).toBeNull();
});

test('a line whose id was given out before the place was taken, and written after it, is told', async () => {
  const [slow, quick] = [await inbox.chatter('early-id'), await inbox.chatter('early-place')];
  const { pool } = inbox.db;
  const [given] = (await pool.query<{ id: string }>(`SELECT nextval('touchpoints_id_seq')::text AS id`)).rows;
  await inbox.rows(LINE, [START, quick.customerId, quick.conversationId]);
  const place = await currentPlace(pool);
  await inbox.rows(LINE.replace('(at,', '(id, at,').replace('($1,', '($4::bigint, $1,'), [
    START,
    slow.customerId,
    slow.conversationId,
    given?.id,
  ]);
  const { changes } = await changesSince(pool, place);
  expect(changes.map((one) => one.conversationId)).toEqual([slow.conversationId]);
});

test('a place of before a restore, ahead of what is here now, is none', async () => {
  const now = await currentPlace(inbox.db.pool);
  const { newestId } = await changesSince(inbox.db.pool, now);
  const [xmin = '', xmax = ''] = now.snapshot.split(':');
  expect(isPast(now, now, newestId)).toBe(true);
  expect(isPast({ ...now, snapshot: `${xmin}:${BigInt(xmax) + 1n}:` }, now, newestId)).toBe(false);
  expect(isPast({ ...now, floor: `${BigInt(newestId) + 1n}` }, now, newestId)).toBe(false);
});
