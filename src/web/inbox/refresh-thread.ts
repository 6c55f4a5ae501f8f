// A long thread asked anew: what is new is fetched and put before what is known, and older pages stay as they are. Else
// each message would ask for thousands again. Pure but for `fetchPage`.
import type { InfiniteData } from '@tanstack/react-query';
import type { z } from 'zod';
import type { timelinePage } from './answers.ts';

type Page = z.infer<typeof timelinePage>;
export type Thread = InfiniteData<Page, string>;

/** So many new pages are worth joining; after more the thread begins anew. */
const MOST_NEW_PAGES = 10;

/** The page at `place`: '' is the newest, which grows by what is new and ends where it ended. */
export async function refreshThread(
  known: Thread | undefined,
  place: string,
  fetchPage: (before: string) => Promise<Page>,
): Promise<Page> {
  if (place !== '') {
    const n = known?.pageParams.indexOf(place) ?? -1;
    return known?.pages[n] ?? (await fetchPage(place));
  }
  const newest = await fetchPage('');
  const before = known?.pages[0];
  if (before === undefined || before.items.length === 0) return newest;
  const old = new Set(before.items.map(({ id }) => id));
  const items = [...newest.items];
  let last = newest;
  for (let n = 1; !last.items.some(({ id }) => old.has(id)); n += 1) {
    if (last.nextBefore === null || n === MOST_NEW_PAGES) return newest;
    last = await fetchPage(last.nextBefore);
    items.push(...last.items);
  }
  const fresh = new Set(items.map(({ id }) => id));
  const end = items.at(-1)?.id;
  // What is known and younger than the end of what was fetched is gone, as a message that was taken back.
  const kept = before.items
    .slice(before.items.findIndex(({ id }) => id === end) + 1)
    .filter(({ id }) => !fresh.has(id));
  const reachesFurther = before.items.some(({ id }) => id === end);
  return reachesFurther ? { ...newest, items: [...items, ...kept], nextBefore: before.nextBefore } : newest;
}
