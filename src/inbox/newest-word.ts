// The newest word of staff in a conversation, wherever it was written: here, by an integrator, or by a person in the
// provider's own inbox. A reply that does not know it is refused.
import type pg from 'pg';

export type NewestWord = { id: string; by: string | null; text: string | null; at: Date };

// Under the conversation's lock the ledger's own order says which came last.
const LINE = `
SELECT k.kind, k.inbound_event_id, k.text, k.at FROM conversations c JOIN touchpoints k ON k.customer_id = c.customer_id
WHERE c.id = $1 AND k.conversation_id = c.id
  AND (k.kind = 'reply_queued' OR (k.kind = 'message_out' AND k.outbound_message_id IS NULL AND k.data ->> 'author' = 'provider_inbox'))
ORDER BY k.id DESC LIMIT 1`;

const WORDS = `
SELECT o.id, coalesce(s.name, o.staff_id) AS by, o.created_at AS at,
  coalesce(o.content ->> 'text', o.content ->> 'preview', o.content ->> 'caption', o.content ->> 'name', o.content ->> 'kind') AS text
FROM conversations c JOIN outbound_messages o ON o.id = c.last_staff_message_id
LEFT JOIN staff_members s ON s.email = o.staff_id WHERE c.id = $1`;

type Line = { kind: string; inbound_event_id: string | null; text: string | null; at: Date };

const OUTSIDE = 'Đồng nghiệp (hộp thư của kênh)';

/** null when nobody of staff has said anything yet. */
export async function readNewestWord(
  client: pg.ClientBase | pg.Pool,
  conversationId: string,
): Promise<NewestWord | null> {
  const { rows: lines } = await client.query<Line>({ name: 'newest-word-line', text: LINE, values: [conversationId] });
  const [line] = lines;
  if (line?.kind === 'message_out' && line.inbound_event_id !== null)
    return { id: line.inbound_event_id, by: OUTSIDE, text: line.text, at: line.at };
  const { rows } = await client.query<NewestWord>({ name: 'newest-word', text: WORDS, values: [conversationId] });
  return rows[0] ?? null;
}
