// A frame held at its end. Everything around it may change after it was scrolled: rows measure higher than was guessed, the
// field below comes late or grows, a window turns. Only the reader lets go of the end, by scrolling away from it.
import { type RefObject, type UIEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Pixels: nearer than this one stands at the end. */
const NEAR = 80;
type Place = { top: number; height: number; whole: number };

/** `again`: each time it changes the end is held anew. */
export function useHeldEnd(
  frame: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  again: number,
) {
  const [isHeld, setHeld] = useState(true);
  const held = useRef(true);
  /** The reader's hand is on it. */
  const moves = useRef(false);
  const last = useRef<Place | null>(null);
  const turn = useCallback((next: boolean) => {
    held.current = next;
    setHeld(next);
  }, []);
  const toEnd = useCallback(() => {
    const element = frame.current;
    if (element === null || !held.current) return;
    element.scrollTop = element.scrollHeight;
    last.current = placeOf(element);
  }, [frame]);
  const hold = useCallback(() => {
    turn(true);
    toEnd();
  }, [turn, toEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` is what it waits for
  useLayoutEffect(hold, [hold, again]);
  useEffect(() => {
    const watcher = new ResizeObserver(toEnd);
    for (const { current } of [frame, content]) if (current !== null) watcher.observe(current);
    return () => watcher.disconnect();
  }, [frame, content, toEnd]);
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) => {
    const now = placeOf(currentTarget);
    const before = last.current;
    last.current = now;
    if (now.whole - now.top - now.height < NEAR) return turn(true);
    // Whatever changed its size moved it as well; then it was not the reader, unless their hand was seen.
    const isAsBefore = before !== null && before.height === now.height && before.whole === now.whole;
    if (moves.current || (isAsBefore && now.top < before.top)) turn(false);
    moves.current = false;
  };
  const onMove = () => {
    moves.current = true;
  };
  const props = { onScroll, onWheel: onMove, onTouchMove: onMove, onKeyDown: onMove };
  return { isHeld, hold, props };
}

function placeOf({ scrollTop, clientHeight, scrollHeight }: HTMLElement): Place {
  return { top: scrollTop, height: clientHeight, whole: scrollHeight };
}
