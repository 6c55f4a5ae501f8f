// What changes while one looks: one stream of the server, which says what is old. After a gap everything is asked anew,
// so that nothing is missed and nothing comes twice.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { z } from 'zod';
import { useMe, useSession } from '../app/session.tsx';
import { inboxCounts } from './answers.ts';
import { ring } from './sound.ts';

const changed = z.object({ id: z.string() });
const presence = z.object({
  conversationId: z.string(),
  people: z.array(z.object({ id: z.string(), name: z.string(), typing: z.boolean() })),
});
export type Person = z.infer<typeof presence>['people'][number];

const LiveContext = createContext({ isConnected: true });
export const useLive = () => useContext(LiveContext);

/** A stream that the server closed is opened again by us; one that broke, by the browser. */
const OPEN_AGAIN_MS = 4_000;
/** A short gap is not worth a word. */
const QUIET_MS = 3_000;

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { isLost, lookAgain } = useSession();
  const mayListen = useMe().scopes.includes('conversations:read') && !isLost;
  const [isConnected, setConnected] = useState(true);
  useEffect(() => {
    if (!mayListen) return;
    return listen({
      onConversation: (id) => {
        for (const what of ['conversation', 'timeline'])
          void queries.invalidateQueries({ queryKey: ['inbox', what, id] });
        void queries.invalidateQueries({ queryKey: ['inbox', 'rows'] });
      },
      onCounts: (counts) => {
        const before = inboxCounts.safeParse(queries.getQueryData(['inbox', 'counts']));
        if (before.success && counts.waiting > before.data.waiting) ring();
        queries.setQueryData(['inbox', 'counts'], counts);
      },
      onPresence: ({ conversationId, people }) => queries.setQueryData(['presence', conversationId], people),
      onGap: () => void queries.invalidateQueries({ queryKey: ['inbox'] }),
      onConnected: setConnected,
      onClosed: lookAgain,
    });
  }, [mayListen, queries, lookAgain]);
  return <LiveContext value={{ isConnected }}>{children}</LiveContext>;
}

type Listeners = {
  onConversation: (id: string) => void;
  onCounts: (counts: z.infer<typeof inboxCounts>) => void;
  onPresence: (news: z.infer<typeof presence>) => void;
  onGap: () => void;
  onConnected: (isConnected: boolean) => void;
  onClosed: () => void;
};

/** Returns how to stop. */
function listen(on: Listeners): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hadGap = false;
  const open = () => {
    source = new EventSource('/api/v1/inbox/stream');
    source.onopen = () => {
      clearTimeout(timer);
      timer = undefined;
      on.onConnected(true);
      if (hadGap) on.onGap();
      hadGap = false;
    };
    source.onerror = () => {
      hadGap = true;
      const isClosed = source?.readyState === EventSource.CLOSED;
      timer ??= setTimeout(
        () => {
          timer = undefined;
          on.onConnected(false);
          if (!isClosed) return;
          on.onClosed();
          open();
        },
        isClosed ? OPEN_AGAIN_MS : QUIET_MS,
      );
    };
    source.addEventListener('conversation', (event) => read(event, changed, ({ id }) => on.onConversation(id)));
    source.addEventListener('reset', () => on.onGap());
    source.addEventListener('counts', (event) => read(event, inboxCounts, on.onCounts));
    source.addEventListener('presence', (event) => read(event, presence, on.onPresence));
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

function read<T>(event: MessageEvent<string>, schema: z.ZodType<T>, act: (value: T) => void): void {
  const parsed = schema.safeParse(JSON.parse(event.data));
  if (parsed.success) act(parsed.data);
}
