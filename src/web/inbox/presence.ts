// Who else looks at this conversation, who writes; and telling them that we do.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { tell } from '../app/call-api.ts';
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
  const report = useMemo(() => {
    const send = (typing: boolean) =>
      void tell({ path: `/inbox/conversations/${id}/presence`, body: { typing } }).catch(() => undefined);
    return {
      looking: () => send(readClock() - typedAt.current < TYPING_MS),
      typing: () => {
        if (readClock() - typedAt.current < TYPING_MS) return;
        typedAt.current = readClock();
        send(true);
      },
    };
  }, [id]);
  useEffect(() => {
    report.looking();
    const timer = setInterval(report.looking, AGAIN_MS);
    return () => clearInterval(timer);
  }, [report]);
  const others = people.filter((person) => person.id !== me.id);
  const typing = others.filter((person) => person.typing);
  const names = (list: Person[]) => list.map(({ name }) => name).join(', ');
  const words = typing.length > 0 ? inbox.typing(names(typing)) : others.length > 0 ? inbox.viewing(names(others)) : '';
  return { words, tell: report.typing };
}
