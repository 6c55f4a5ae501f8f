// What changes while one looks: one stream of the server, which says what is old. After a gap everything is asked anew,
// so that nothing is missed and nothing comes twice.
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { z } from 'zod';
import { useMe, useSession } from '../app/session.tsx';
import { useAlerts } from './alerts.ts';
import { inboxCounts, type inboxPage } from './answers.ts';
import { listen } from './listen.ts';

const LiveContext = createContext({ isConnected: true });
export const useLive = () => useContext(LiveContext);

/** Of a batch of changes each would ask for the same list. */
const ROWS_MS = 200;

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { isLost, lookAgain } = useSession();
  const mayListen = useMe().scopes.includes('conversations:read') && !isLost;
  const [isConnected, setConnected] = useState(true);
  const { onNews, onWaiting } = useAlerts();
  useEffect(() => {
    if (!mayListen) return;
    // From here on: the first answer is only the place from where to ask next.
    onNews();
    const rows = oncePer(ROWS_MS, () => {
      void queries.invalidateQueries({ queryKey: ['inbox', 'rows'] });
      onNews();
    });
    const stop = listen({
      onConversation: (id) => {
        for (const what of ['conversation', 'timeline'])
          void queries.invalidateQueries({ queryKey: ['inbox', what, id] });
        rows.ask();
      },
      onGone: (id) => {
        queries.setQueriesData<Listed>({ queryKey: ['inbox', 'rows'] }, (listed) => listed && without(listed, id));
        void queries.invalidateQueries({ queryKey: ['inbox', 'conversation', id] });
        rows.ask();
      },
      onCounts: (counts) => {
        const before = inboxCounts.safeParse(queries.getQueryData(['inbox', 'counts']));
        if (before.success && counts.waiting > before.data.waiting) onWaiting(counts.waiting);
        queries.setQueryData(['inbox', 'counts'], counts);
      },
      onPresence: ({ conversationId, people }) => queries.setQueryData(['presence', conversationId], people),
      onGap: () => void queries.invalidateQueries({ queryKey: ['inbox'] }),
      onConnected: (isUp) => {
        setConnected(isUp);
        if (isUp) onNews();
      },
      onClosed: lookAgain,
    });
    return () => {
      stop();
      rows.forget();
    };
  }, [mayListen, queries, lookAgain, onNews, onWaiting]);
  return <LiveContext value={{ isConnected }}>{children}</LiveContext>;
}

type Listed = InfiniteData<z.infer<typeof inboxPage>>;

function without({ pages, ...rest }: Listed, gone: string): Listed {
  return { ...rest, pages: pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => id !== gone) })) };
}

/** Many wishes in a row become one. */
function oncePer(ms: number, act: () => void): { ask: () => void; forget: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, ms);
  };
  return { ask, forget: () => clearTimeout(timer) };
}
