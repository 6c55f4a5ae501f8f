// The newest word of staff that is on the screen: a reply that does not know a newer one is refused.
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { readClock } from '../app/page-facts.ts';
import { timelineQuery } from './queries.ts';

export function useNewestStaffMessage(id: string) {
  const queries = useQueryClient();
  const told = useRef<{ id: string; at: number } | null>(null);
  return useMemo(
    () => ({
      current: (): string | null => {
        const thread = queries.getQueryState(timelineQuery(id).queryKey);
        // Ids say nothing about order: words of the provider's own inbox have other ones. What was asked last is newest.
        if (told.current !== null && (thread?.dataUpdatedAt ?? 0) <= told.current.at) return told.current.id;
        return thread?.data?.pages[0]?.newestStaffMessageId ?? null;
      },
      /** Heard from the server beside the thread: one's own word, or the one that a refusal showed. */
      saw: (messageId: string | null) => {
        if (messageId !== null) told.current = { id: messageId, at: readClock() };
      },
    }),
    [id, queries],
  );
}
