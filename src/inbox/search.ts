// Searching people and what was said, with and without dấu: people by name, phone, e-mail or id, newest messages first.
import type pg from 'pg';
import { collectValues, seesConversation, seesCustomer, type Viewer } from '../http/may-see.ts';
import { CUSTOMER_WORDS, IDENTITY_WORDS } from './queue-filter.ts';
import { searchMessages } from './search-messages.ts';
import type { SearchAnswer, SearchQuery } from './search-schema.ts';
import { searchWords } from './search-words.ts';

function peopleStatement(words: string, limit: number, viewer: Viewer): { text: string; values: unknown[] } {
  const { values, value } = collectValues([words, limit]);
  const text = `
SELECT cu.id, cu.external_id AS "externalId", coalesce(cu.name, (SELECT i.display_name FROM channel_identities i WHERE i.customer_id = cu.id
    AND i.display_name IS NOT NULL ORDER BY i.last_interaction_at DESC NULLS LAST, i.id LIMIT 1)) AS name, cu.phone, cu.email,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'channel', i.channel, 'state', c.state) ORDER BY c.updated_at DESC, c.id)
    FROM conversations c JOIN channel_identities i ON i.id = c.identity_id
    WHERE c.customer_id = cu.id AND ${seesConversation('c', viewer, value)}), '[]') AS conversations
FROM customers cu WHERE cu.id IN (
  SELECT cu.id FROM customers cu WHERE ${CUSTOMER_WORDS} @@ to_tsquery('simple', $1)
  UNION SELECT n.customer_id FROM channel_identities n WHERE n.display_name IS NOT NULL AND ${IDENTITY_WORDS} @@ to_tsquery('simple', $1))
  AND ${seesCustomer('cu.id', viewer, value)}
ORDER BY cu.updated_at DESC, cu.id LIMIT $2`;
  return { text, values };
}

type People = SearchAnswer['customers'];

export async function searchInbox(
  pool: pg.Pool,
  { q, limit, cursor }: SearchQuery,
  viewer: Viewer,
): Promise<SearchAnswer> {
  const words = searchWords(q);
  if (words === '') return { customers: [], messages: [], nextCursor: null };
  const [customers, said] = await Promise.all([
    cursor === undefined ? readPeople(pool, peopleStatement(words, limit, viewer)) : [],
    searchMessages(pool, { words, limit, cursor, viewer }),
  ]);
  return { customers, ...said };
}

async function readPeople(pool: pg.Pool, statement: { text: string; values: unknown[] }): Promise<People> {
  const { rows } = await pool.query<People[number]>(statement);
  return rows;
}
