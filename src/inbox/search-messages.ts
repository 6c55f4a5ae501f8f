// What was said, by its words, newest first. Words that everybody uses are found among the newest lines, before an index
// over all that was ever said would be worth asking; words that are not there are rare enough for it.
import type pg from 'pg';
import { collectValues, seesConversation, type Viewer } from '../http/may-see.ts';
import type { SearchAnswer } from './search-schema.ts';

/** So many lines are read back before the index is asked. */
const LINES_WALKED = 5_000;

/** The conditions and the expression of touchpoints_words_idx, word by word. */
const FOUND = `k.text IS NOT NULL AND (k.kind = 'message_in' OR (k.kind = 'message_out' AND k.data ->> 'author' IN ('agent', 'provider_inbox')))
  AND message_words(k.text) @@ to_tsquery('simple', $1)`;

const PLACES = {
  newest: `(SELECT * FROM touchpoints WHERE id < $2::bigint ORDER BY id DESC LIMIT ${LINES_WALKED}) k WHERE`,
  all: 'touchpoints k WHERE k.id < $2::bigint AND',
};

type Asked = { words: string; limit: number; cursor?: string | undefined; viewer: Viewer };
const NEWEST = String(2n ** 62n);

/** One of the two ways to look; tests look at their plans. */
export function messagesStatement(
  where: keyof typeof PLACES,
  { words, limit, cursor = NEWEST, viewer }: Asked,
): { text: string; values: unknown[] } {
  const { values, value } = collectValues([words, cursor, limit]);
  const text = `
WITH found AS MATERIALIZED (
  SELECT k.id, k.conversation_id, k.customer_id, k.text, k.at, k.kind, k.outbound_message_id FROM ${PLACES[where]} ${FOUND}
)
SELECT p.id::text, p.outbound_message_id, p.conversation_id, p.customer_id, p.text, p.at, p.kind, coalesce(cu.name, (
    SELECT i.display_name FROM channel_identities i WHERE i.customer_id = p.customer_id AND i.display_name IS NOT NULL ORDER BY i.id LIMIT 1)) AS name
FROM (
  SELECT f.* FROM found f JOIN conversations c ON c.id = f.conversation_id WHERE ${seesConversation('c', viewer, value)}
  ORDER BY f.id DESC LIMIT $3) p
JOIN customers cu ON cu.id = p.customer_id ORDER BY p.id DESC`;
  return { text, values };
}

type Row = {
  id: string;
  outbound_message_id: string | null;
  conversation_id: string;
  customer_id: string;
  name: string | null;
  text: string;
  at: Date;
  kind: string;
};

/** `words`: a question as `searchWords` makes it. `cursor`: the nextCursor of the page before. */
export async function searchMessages(
  pool: pg.Pool,
  asked: Asked,
): Promise<Pick<SearchAnswer, 'messages' | 'nextCursor'>> {
  const { limit } = asked;
  const oneMore = { ...asked, limit: limit + 1 };
  let { rows } = await pool.query<Row>(messagesStatement('newest', oneMore));
  if (rows.length <= limit) ({ rows } = await pool.query<Row>(messagesStatement('all', oneMore)));
  const shown = rows.slice(0, limit);
  return { messages: shown.map(messageOf), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

/** The thread shows a message of ours where it was queued, by the name of the message. */
function messageOf({ id: line, outbound_message_id: ours, customer_id: id, name, text, at, ...row }: Row) {
  const from = row.kind === 'message_in' ? ('customer' as const) : ('us' as const);
  const messageId = ours === null ? `t:${line}` : `o:${ours}`;
  return { messageId, conversationId: row.conversation_id, customer: { id, name }, text, at: at.toISOString(), from };
}
