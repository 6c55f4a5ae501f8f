// Who else looks at this conversation, who writes; and telling them that we do, as long as the page is looked at.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { presenceAnswer } from '../../inbox/notes-schema.ts';
import { callApi } from '../app/call-api.ts';
import { readClock } from '../app/page-facts.ts';
import { useMe } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import type { Person } from './listen.ts';

/** Told again before the server forgets it. */
const AGAIN_MS = 15_000;
const TYPING_MS = 4_000;

export function usePresence(id: string): { words: string; tell: () => void } {
  const me = useMe();
  const { inbox } = useTexts();
  const typedAt = useRef(0);
  const { data: people = [] } = useQuery<Person[]>({
    queryKey: ['presence', id],
    queryFn: () => [],
    staleTime: Number.POSITIVE_INFINITY,
  });
  const queries = useQueryClient();
  const report = useMemo(() => {
    const send = (typing: boolean) => {
      if (document.visibilityState !== 'visible') return;
      const call = { method: 'POST', path: `/inbox/conversations/${id}/presence`, body: { typing } } as const;
      callApi(presenceAnswer, call).then(
        ({ seen }) => {
          // What called us is seen by now, and stands in that queue no more.
          if (seen > 0)
            for (const what of ['counts', 'rows']) void queries.invalidateQueries({ queryKey: ['inbox', what] });
        },
        () => undefined,
      );
    };
    return {
      looking: () => send(readClock() - typedAt.current < TYPING_MS),
      typing: () => {
        if (readClock() - typedAt.current < TYPING_MS) return;
        typedAt.current = readClock();
        send(true);
      },
    };
  }, [id, queries]);
  useEffect(() => {
    report.looking();
    const timer = setInterval(report.looking, AGAIN_MS);
    document.addEventListener('visibilitychange', report.looking);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', report.looking);
    };
  }, [report]);
  const others = people.filter((person) => person.id !== me.id);
  const typing = others.filter((person) => person.typing);
  const names = (list: Person[]) => list.map(({ name }) => name).join(', ');
  const words = typing.length > 0 ? inbox.typing(names(typing)) : others.length > 0 ? inbox.viewing(names(others)) : '';
  return { words, tell: report.typing };
}
