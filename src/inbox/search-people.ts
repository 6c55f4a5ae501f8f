// Whom one means: people by name, phone, e-mail or id, the newest customers first. A name that many have is found among
// the newest, before a list of all who have it would be worth making; a name that is not there is rare enough for it.
import type pg from 'pg';
import { collectValues, seesConversation, seesCustomer, type Viewer } from '../http/may-see.ts';
import { CUSTOMER_WORDS, IDENTITY_WORDS } from './queue-filter.ts';
import type { SearchAnswer } from './search-schema.ts';

/** So many customers are walked back before the indexes of words are asked. */
const PEOPLE_WALKED = 1_000;

const OWN_NAME = `${CUSTOMER_WORDS} @@ to_tsquery('simple', $1)`;
const NAME_ELSEWHERE = `n.display_name IS NOT NULL AND ${IDENTITY_WORDS} @@ to_tsquery('simple', $1)`;

const PLACES = {
  anybody: 'customers cu WHERE $1::text IS NULL',
  newest: `(SELECT * FROM customers ORDER BY id DESC LIMIT ${PEOPLE_WALKED}) cu
  WHERE (${OWN_NAME} OR EXISTS (SELECT 1 FROM channel_identities n WHERE n.customer_id = cu.id AND ${NAME_ELSEWHERE}))`,
  all: `customers cu WHERE cu.id IN (
    SELECT cu.id FROM customers cu WHERE ${OWN_NAME} UNION SELECT n.customer_id FROM channel_identities n WHERE ${NAME_ELSEWHERE})`,
};

type Asked = { words: string | null; limit: number; viewer: Viewer };
type People = SearchAnswer['customers'];

/** One of the ways to look; tests look at their plans. */
export function peopleStatement(
  where: keyof typeof PLACES,
  { words, limit, viewer }: Asked,
): { text: string; values: unknown[] } {
  const { values, value } = collectValues([words, limit]);
  const text = `
SELECT cu.id, cu.external_id AS "externalId", coalesce(cu.name, (SELECT i.display_name FROM channel_identities i WHERE i.customer_id = cu.id
    AND i.display_name IS NOT NULL ORDER BY i.last_interaction_at DESC NULLS LAST, i.id LIMIT 1)) AS name, cu.phone, cu.email,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'channel', i.channel, 'state', c.state) ORDER BY c.updated_at DESC, c.id)
    FROM conversations c JOIN channel_identities i ON i.id = c.identity_id
    WHERE c.customer_id = cu.id AND ${seesConversation('c', viewer, value)}), '[]') AS conversations
FROM ${PLACES[where]} AND ${seesCustomer('cu.id', viewer, value)}
ORDER BY cu.id DESC LIMIT $2`;
  return { text, values };
}

export async function newestPeople(pool: pg.Pool, asked: Omit<Asked, 'words'>): Promise<People> {
  return (await pool.query<People[number]>(peopleStatement('anybody', { ...asked, words: null }))).rows;
}

/** `words`: a question as `searchWords` makes it. */
export async function searchPeople(pool: pg.Pool, asked: Asked): Promise<People> {
  const { rows } = await pool.query<People[number]>(peopleStatement('newest', asked));
  if (rows.length >= asked.limit) return rows;
  return (await pool.query<People[number]>(peopleStatement('all', asked))).rows;
}
