// Searching people and what was said, with and without dấu.
import type pg from 'pg';
import type { Viewer } from '../http/may-see.ts';
import { searchMessages } from './search-messages.ts';
import { newestPeople, searchPeople } from './search-people.ts';
import type { SearchAnswer, SearchQuery } from './search-schema.ts';
import { searchWords } from './search-words.ts';

export async function searchInbox(
  pool: pg.Pool,
  { q, limit, cursor }: SearchQuery,
  viewer: Viewer,
): Promise<SearchAnswer> {
  if (q === undefined)
    return { customers: await newestPeople(pool, { limit, viewer }), messages: [], nextCursor: null };
  const words = searchWords(q);
  if (words === '') return { customers: [], messages: [], nextCursor: null };
  const [customers, said] = await Promise.all([
    cursor === undefined ? searchPeople(pool, { words, limit, viewer }) : [],
    searchMessages(pool, { words, limit, cursor, viewer }),
  ]);
  return { customers, ...said };
}
