// The newest word of staff that is on the screen: a reply that does not know a newer one is refused.
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { readClock } from '../app/page-facts.ts';
import { threadsOf } from './queries.ts';
import type { Thread } from './refresh-thread.ts';

export function useNewestStaffMessage(id: string) {
  const queries = useQueryClient();
  const told = useRef<{ id: string; at: number } | null>(null);
  return useMemo(
    () => ({
      current: (): string | null => {
        const [thread] = queries
          .getQueriesData<Thread>({ queryKey: threadsOf(id) })
          .map(([key, data]) => ({ page: data?.pages[0], at: queries.getQueryState(key)?.dataUpdatedAt ?? 0 }))
          .toSorted((a, b) => b.at - a.at);
        // Ids say nothing about order: words of the provider's own inbox have other ones. What was asked last is newest;
        // a thread that stands elsewhere than at its end was not asked.
        const isAsked = thread?.page?.nextAfter === null;
        if (told.current !== null && (!isAsked || thread.at <= told.current.at)) return told.current.id;
        return thread?.page?.newestStaffMessageId ?? null;
      },
      /** Heard from the server beside the thread: one's own word, or the one that a refusal showed. */
      saw: (messageId: string | null) => {
        if (messageId !== null) told.current = { id: messageId, at: readClock() };
      },
    }),
    [id, queries],
  );
}
