// A long thread asked anew: what is new is fetched and put before what is known, and older pages stay as they are. Else
// each message would ask for thousands again. Pure but for `fetchPage`.
import type { InfiniteData } from '@tanstack/react-query';
import type { z } from 'zod';
import type { timelinePage } from './answers.ts';

type Page = z.infer<typeof timelinePage>;
/** Where a page is asked for: at the end, or what is before, after or around something. */
export type Place = { before?: string; after?: string; around?: string };
export const END: Place = {};
export type Thread = InfiniteData<Page, Place>;

/** So many new pages are worth joining; after more the thread begins anew. */
const MOST_NEW_PAGES = 10;

/** The page at `place`. One that reaches the end grows by what is new and ends where it ended. */
export async function refreshThread(
  known: Thread | undefined,
  place: Place,
  fetchPage: (place: Place) => Promise<Page>,
): Promise<Page> {
  const before = knownPage(known, place);
  if (before === undefined) return await fetchPage(place);
  if (before !== known?.pages[0] || before.nextAfter !== null) return before;
  const newest = await fetchPage(END);
  if (before.items.length === 0) return newest;
  const old = new Set(before.items.map(({ id }) => id));
  const items = [...newest.items];
  let last = newest;
  for (let n = 1; !last.items.some(({ id }) => old.has(id)); n += 1) {
    if (last.nextBefore === null || n === MOST_NEW_PAGES) return newest;
    last = await fetchPage({ before: last.nextBefore });
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

/** A page is known by the page before it: where that one ends it begins, wherever it was asked for first. */
function knownPage(known: Thread | undefined, place: Place): Page | undefined {
  if (known === undefined) return undefined;
  const { pages, pageParams } = known;
  if (pageParams[0] !== undefined && isSame(pageParams[0], place)) return pages[0];
  if (place.before === undefined) return undefined;
  return pages[pages.findIndex(({ nextBefore }) => nextBefore === place.before) + 1 || pages.length];
}

function isSame(one: Place, other: Place): boolean {
  return one.before === other.before && one.after === other.after && one.around === other.around;
}
