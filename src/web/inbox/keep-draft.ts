// What one was writing, kept per conversation: here at once, so that nothing is lost when the page or the network goes,
// and with the server, so that it waits on every machine.
import { useEffect, useRef, useState } from 'react';
import { tell } from '../app/call-api.ts';
import type { Conversation } from './context-answers.ts';

const PREFIX = 'ganbo.draft.';
const REST_MS = 1_500;

export function useDraft(
  staffId: string,
  { id: conversationId, draft }: Conversation,
): [string, (text: string) => void] {
  const key = `${PREFIX}${staffId}.${conversationId}`;
  const [text, setText] = useState(() => localStorage.getItem(key) ?? draft ?? '');
  const saved = useRef(text);
  useEffect(() => {
    keep(key, text);
    const timer = setTimeout(() => {
      if (saved.current === text) return;
      saved.current = text;
      void tell({ method: 'PUT', path: `/inbox/conversations/${conversationId}/draft`, body: { text } }).catch(
        () => undefined,
      );
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [text, key, conversationId]);
  return [text, setText];
}

/** What one was noting for colleagues: kept here only, and never where the next key sends it to the customer. */
export function useNoteDraft(staffId: string, conversationId: string): [string, (text: string) => void] {
  const key = `ganbo.note.${staffId}.${conversationId}`;
  const [text, setText] = useState(() => localStorage.getItem(key) ?? '');
  useEffect(() => keep(key, text), [text, key]);
  return [text, setText];
}

function keep(key: string, text: string): void {
  if (text === '') localStorage.removeItem(key);
  else localStorage.setItem(key, text);
}
