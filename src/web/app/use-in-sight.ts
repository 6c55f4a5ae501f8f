// A row of places that scrolls by itself on a small screen: the one that is open is always in sight.
import { type RefObject, useEffect, useRef } from 'react';

/** For the navigation whose open place is `what`; it marks it with aria-current. */
export function useInSight<T extends HTMLElement>(what: string | undefined): RefObject<T | null> {
  const frame = useRef<T>(null);
  useEffect(() => {
    if (what === undefined) return;
    frame.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [what]);
  return frame;
}
