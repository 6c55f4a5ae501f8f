// The newest word of staff that is on the screen: a reply that does not know a newer one is refused.
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { timelineQuery } from './queries.ts';

export function useNewestStaffMessage(id: string) {
  const queries = useQueryClient();
  const own = useRef<string | null>(null);
  return useMemo(
    () => ({
      current: (): string | null => {
        const shown = queries.getQueryData(timelineQuery(id).queryKey)?.pages[0]?.newestStaffMessageId ?? null;
        // Ids grow with time: the page may still be of before one's own last word.
        return own.current !== null && (shown === null || own.current > shown) ? own.current : shown;
      },
      saw: (messageId: string | null | undefined) => {
        own.current = messageId ?? own.current;
      },
    }),
    [id, queries],
  );
}
