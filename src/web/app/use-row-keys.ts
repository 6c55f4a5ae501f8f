// A list by keyboard: j and k, or the arrows once one is in it, go from row to row; Enter opens as it does everywhere. A row
// is whatever carries `data-row` and can hold the focus.
import { type KeyboardEvent, type RefObject, useRef } from 'react';
import { useKeys } from './keys.ts';

export function useRowKeys<T extends HTMLElement>(): {
  ref: RefObject<T | null>;
  onKeyDown: (event: KeyboardEvent) => void;
} {
  const ref = useRef<T>(null);
  const step = (by: 1 | -1): boolean => {
    const rows = [...(ref.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    const next = at === -1 ? rows[0] : rows[at + by];
    next?.focus();
    return next !== undefined;
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  const onKeyDown = (event: KeyboardEvent) => {
    const isRow = event.target instanceof HTMLElement && event.target.matches('[data-row]');
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (isRow && (by === 1 || by === -1) && step(by)) event.preventDefault();
  };
  return { ref, onKeyDown };
}
