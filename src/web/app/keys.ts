// The keyboard map: single keys, silent while somebody writes or a dialog is open.
import { useEffect, useRef } from 'react';
import type { BoundKey } from './key-list.ts';

type Bindings = Readonly<Partial<Record<BoundKey, () => unknown>>>;

/** Binds keys of key-list.ts by the character they make ("?", "j"). */
export function useKeys(bindings: Bindings): void {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return;
      const [, act] = Object.entries(latest.current).find(([key]) => key === event.key) ?? [];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** Escape leaves the field that one writes in, so that single keys are heard again; what is open over it goes first. */
export function useEscapeFromFields(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target } = event;
      if (event.key !== 'Escape' || event.defaultPrevented || !(target instanceof HTMLElement)) return;
      if (isField(target) && document.querySelector('[role="dialog"], [role="menu"]') === null)
        target.closest<HTMLElement>('[tabindex="-1"]')?.focus({ preventScroll: true });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function isField(target: HTMLElement): boolean {
  return target.matches('input, textarea, select, [contenteditable]');
}

function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"]')) return true;
  return target instanceof HTMLElement && isField(target);
}
