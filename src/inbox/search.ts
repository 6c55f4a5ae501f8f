// Searching people and what was said, with and without dấu. People by an index. What was said by walking back through the
// newest lines of the ledger: an index over every message would make each turn half as dear again (measured).
import type pg from 'pg';
import { foldText } from '../flows/vietnamese-text.ts';
import { CUSTOMER_WORDS, IDENTITY_WORDS } from './queue-filter.ts';
import type { SearchAnswer } from './search-schema.ts';
import { searchWords } from './search-words.ts';

const PEOPLE = `
SELECT cu.id, cu.external_id AS "externalId", coalesce(cu.name, (SELECT i.display_name FROM channel_identities i WHERE i.customer_id = cu.id
    AND i.display_name IS NOT NULL ORDER BY i.last_interaction_at DESC NULLS LAST, i.id LIMIT 1)) AS name, cu.phone, cu.email,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'channel', i.channel, 'state', c.state) ORDER BY c.updated_at DESC, c.id)
    FROM conversations c JOIN channel_identities i ON i.id = c.identity_id WHERE c.customer_id = cu.id), '[]') AS conversations
FROM customers cu WHERE cu.id IN (
  SELECT cu.id FROM customers cu WHERE ${CUSTOMER_WORDS} @@ to_tsquery('simple', $1)
  UNION SELECT n.customer_id FROM channel_identities n WHERE n.display_name IS NOT NULL AND ${IDENTITY_WORDS} @@ to_tsquery('simple', $1))
ORDER BY cu.updated_at DESC, cu.id LIMIT $2`;

export const LINES_WALKED = 30_000;

const SAID = `
SELECT l.conversation_id AS "conversationId", l.customer_id, coalesce(cu.name, (SELECT i.display_name FROM channel_identities i
    WHERE i.customer_id = cu.id AND i.display_name IS NOT NULL ORDER BY i.id LIMIT 1)) AS name, l.text, l.at, l.kind
FROM (SELECT * FROM touchpoints WHERE id > (SELECT max(id) FROM touchpoints) - ${LINES_WALKED} ORDER BY id DESC) l
JOIN customers cu ON cu.id = l.customer_id
WHERE l.kind IN ('message_in', 'message_out') AND l.conversation_id IS NOT NULL AND l.text IS NOT NULL
  AND (SELECT bool_and(strpos(f.folded, w.word) > 0) FROM (SELECT fold_text(l.text) AS folded) f, unnest($1::text[]) AS w(word))
ORDER BY l.id DESC LIMIT $2`;

type Said = {
  conversationId: string;
  customer_id: string;
  name: string | null;
  text: string;
  at: Date;
  kind: string;
};

export async function searchInbox(pool: pg.Pool, { q, limit }: { q: string; limit: number }): Promise<SearchAnswer> {
  const words = foldText(q)
    .split(' ')
    .filter((word) => word !== '');
  if (words.length === 0) return { customers: [], messages: [] };
  const [people, said] = await Promise.all([
    pool.query<SearchAnswer['customers'][number]>(PEOPLE, [searchWords(q), limit]),
    pool.query<Said>(SAID, [words, limit]),
  ]);
  const messages = said.rows.map(({ conversationId, customer_id: id, name, text, at, kind }) => {
    const from = kind === 'message_in' ? ('customer' as const) : ('us' as const);
    return { conversationId, customer: { id, name }, text, at: at.toISOString(), from };
  });
  return { customers: people.rows, messages };
}
