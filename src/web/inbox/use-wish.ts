// One wish to say something, told once: the same words after a lost answer are the same wish, told in the same way. What
// was seen before them is part of it, for by now the newest word may be these very ones.
import { useRef } from 'react';
import { ApiError } from '../app/call-api.ts';

type Wish = { words: string; seen: string | null; key: string };

export type OpenWish = {
  /** The open wish when it is for the same `words`, else a new one. */
  take(words: string, seen: string | null): Wish;
  /** Done, or refused for sure: whatever comes next is another wish. */
  end(error?: unknown): void;
};

export function useWish(): OpenWish {
  const open = useRef<Wish | null>(null);
  return {
    take: (words, seen) => {
      if (open.current?.words !== words) open.current = { words, seen, key: crypto.randomUUID() };
      return open.current;
    },
    end: (error) => {
      const isUnknown =
        error !== undefined && !(error instanceof ApiError && error.status >= 400 && error.status < 500);
      if (!isUnknown) open.current = null;
    },
  };
}
