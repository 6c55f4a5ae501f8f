// What staff tell each other inside a conversation, and what they had begun to write: never seen by the customer.
import type pg from 'pg';
import { type Clock, SECOND_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { colleagueSees } from '../http/may-see.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { unknownConversation } from './lock-conversation.ts';
import type { StaffActor } from './staff-actor.ts';

export type NoteDeps = { clock: Clock; newId: NewId };

/** In the caller's transaction. Throws unknown_conversation, unknown_staff, mention_unseen. */
export async function addNote(
  { clock, newId }: NoteDeps,
  client: pg.ClientBase,
  {
    conversationId,
    staff,
    text,
    mentions,
  }: { conversationId: string; staff: StaffActor; text: string; mentions: string[] },
): Promise<{ id: string; at: string }> {
  const { customerId, channel } = await requireThread(client, conversationId);
  const called = [...new Set(mentions)];
  const known = await client.query('SELECT 1 FROM staff_members WHERE id = ANY($1::uuid[]) AND disabled_at IS NULL', [
    called,
  ]);
  if (known.rowCount !== called.length) {
    throw new HttpError(422, 'unknown_staff', 'mentions: not everybody named is an active member of staff.');
  }
  await refuseUnseen(client, conversationId, called);
  const now = clock.now();
  const id = newId();
  await client.query(
    'INSERT INTO notes (id, conversation_id, customer_id, staff_id, text, mentions, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    // Whoever writes it has seen it.
    [id, conversationId, customerId, staff.id, text, called.filter((one) => one !== staff.id), now],
  );
  // The line tells streams that there is one; the words stay in the note.
  const data = { note: id, staff: staff.id, mentions: called };
  await writeTouchpoints(client, [{ at: now, kind: 'note_added', customerId, conversationId, channel, data }]);
  return { id, at: now.toISOString() };
}

const UNSEEN = `
SELECT s.name FROM staff_members s JOIN conversations c ON c.id = $2 WHERE s.id = ANY($1::uuid[])
  AND NOT ${colleagueSees('c', 's')} ORDER BY s.name`;

/** Who cannot see the conversation would never read it. Throws mention_unseen. */
async function refuseUnseen(client: pg.ClientBase, conversationId: string, called: readonly string[]): Promise<void> {
  if (called.length === 0) return;
  const { rows } = await client.query<{ name: string }>(UNSEEN, [called, conversationId]);
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  const cure = 'Hãy nhắc người khác, hoặc giao hội thoại cho nhóm đó trước.';
  throw new HttpError(422, 'mention_unseen', `${names} ở nhóm khác nên không xem được hội thoại này. ${cure}`);
}

type Thread = { customerId: string; channel: string };

async function requireThread(client: pg.ClientBase, id: string): Promise<Thread> {
  const { rows } = await client.query<{ customer_id: string; channel: string }>(
    'SELECT c.customer_id, i.channel FROM conversations c JOIN channel_identities i ON i.id = c.identity_id WHERE c.id = $1 FOR SHARE OF c',
    [id],
  );
  const [row] = rows;
  if (!row) throw unknownConversation(id);
  return { customerId: row.customer_id, channel: row.channel };
}

/** One per person and conversation; empty text takes it away. */
export async function saveDraft(
  client: pg.ClientBase,
  { staffId, conversationId, text, now }: { staffId: string; conversationId: string; text: string; now: Date },
): Promise<void> {
  if (text.trim() === '') {
    await client.query('DELETE FROM drafts WHERE staff_id = $1 AND conversation_id = $2', [staffId, conversationId]);
    return;
  }
  await requireThread(client, conversationId);
  await client.query(
    `INSERT INTO drafts (staff_id, conversation_id, text, updated_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (staff_id, conversation_id) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at`,
    [staffId, conversationId, text, now],
  );
}

export async function readDraft(pool: pg.Pool, staffId: string, conversationId: string): Promise<string | null> {
  const { rows } = await pool.query<{ text: string }>(
    'SELECT text FROM drafts WHERE staff_id = $1 AND conversation_id = $2',
    [staffId, conversationId],
  );
  return rows[0]?.text ?? null;
}

/** Said again every ten seconds by an open page; silence means gone. */
export const PRESENT_MS = 30 * SECOND_MS;

export type Present = { id: string; name: string; typing: boolean };

/** Whoever looks has seen what called them: answers how many notes did. Throws unknown_conversation. */
export async function notePresence(
  client: pg.ClientBase,
  {
    staffId,
    conversationId,
    typing,
    leaving,
    now,
  }: { staffId: string; conversationId: string; typing: boolean; leaving: boolean; now: Date },
): Promise<number> {
  if (leaving) {
    await client.query('DELETE FROM presences WHERE staff_id = $1 AND conversation_id = $2', [staffId, conversationId]);
    return 0;
  }
  await requireThread(client, conversationId);
  await client.query(
    `INSERT INTO presences (conversation_id, staff_id, is_typing, until) VALUES ($1, $2, $3, $4)
     ON CONFLICT (conversation_id, staff_id) DO UPDATE SET is_typing = excluded.is_typing, until = excluded.until`,
    [conversationId, staffId, typing, new Date(now.getTime() + PRESENT_MS)],
  );
  // Whom a note called at first stands in the ledger; here is who has not looked yet.
  const { rowCount } = await client.query(
    'UPDATE notes SET mentions = array_remove(mentions, $2) WHERE conversation_id = $1 AND mentions @> ARRAY[$2::uuid]',
    [conversationId, staffId],
  );
  return rowCount ?? 0;
}

/** Who is there now; of one conversation, or of all. */
export async function readPresence(
  client: pg.ClientBase | pg.Pool,
  now: Date,
  conversationId: string | null = null,
): Promise<Map<string, Present[]>> {
  const { rows } = await client.query<{ conversation_id: string; id: string; name: string; typing: boolean }>({
    name: 'read-presence',
    text: `SELECT p.conversation_id, p.staff_id AS id, s.name, p.is_typing AS typing FROM presences p JOIN staff_members s ON s.id = p.staff_id
      WHERE p.until > $1 AND ($2::uuid IS NULL OR p.conversation_id = $2) ORDER BY p.conversation_id, s.name, s.id`,
    values: [now, conversationId],
  });
  const people = new Map<string, Present[]>();
  for (const { conversation_id: of, ...one } of rows) people.set(of, [...(people.get(of) ?? []), one]);
  return people;
}
