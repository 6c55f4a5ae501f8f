// A frame held at its end, or at what was looked for in it. Everything around it may change after it was scrolled: rows
// measure higher than was guessed, the field below comes late or grows, a window turns. Only the reader lets go of the
// place, by scrolling away from it.
import { type RefObject, type UIEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Pixels: nearer than this one stands at the end. */
const NEAR = 80;
type Place = { top: number; height: number; whole: number };
type Held = 'end' | 'found' | 'nothing';
type Wish = {
  /** Each time it changes the end is held anew. */
  again: number;
  /** Is the end of everything here? Else more comes below, and there is nothing to hold. */
  isWhole: boolean;
  /** How far down that stands which was looked for; null = nothing was. */
  findTop: (() => number | null) | null;
};

export function useHeldEnd(frame: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>, wish: Wish) {
  const [heldNow, setHeld] = useState<Held>(wish.findTop === null ? 'end' : 'found');
  const held = useRef(heldNow);
  /** The reader's hand is on it. */
  const moves = useRef(false);
  const last = useRef<Place | null>(null);
  const heard = useRef(wish.again);
  const wanted = useRef(wish);
  useLayoutEffect(() => {
    wanted.current = wish;
  });
  const turn = useCallback((next: Held) => {
    held.current = next;
    setHeld(next);
  }, []);
  const toPlace = useCallback(() => {
    const element = frame.current;
    if (element === null || held.current === 'nothing') return;
    const top = held.current === 'end' ? element.scrollHeight : wanted.current.findTop?.();
    if (typeof top === 'number') element.scrollTop = top;
    last.current = placeOf(element);
  }, [frame]);
  const hold = useCallback(() => {
    turn('end');
    toPlace();
  }, [turn, toPlace]);
  useLayoutEffect(() => {
    if (heard.current === wish.again) toPlace();
    else hold();
    heard.current = wish.again;
  }, [hold, toPlace, wish.again]);
  useResized(frame, content, toPlace);
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) => {
    const now = placeOf(currentTarget);
    const before = last.current;
    last.current = now;
    const isMoved = moves.current;
    moves.current = false;
    const isNear = wanted.current.isWhole && now.whole - now.top - now.height < NEAR;
    if (isNear && (isMoved || held.current !== 'found')) return turn('end');
    if (isMoved || isScrolledUp(before, now)) turn('nothing');
  };
  const onMove = () => {
    moves.current = true;
  };
  const props = { onScroll, onWheel: onMove, onTouchMove: onMove, onKeyDown: onMove };
  return { held: heldNow, hold, props };
}

function useResized(
  frame: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  act: () => void,
): void {
  useEffect(() => {
    const watcher = new ResizeObserver(act);
    for (const { current } of [frame, content]) if (current !== null) watcher.observe(current);
    return () => watcher.disconnect();
  }, [frame, content, act]);
}

/** Whatever changed its size moved it as well; then it was not the reader, unless their hand was seen. */
function isScrolledUp(before: Place | null, now: Place): boolean {
  return before?.height === now.height && before.whole === now.whole && now.top < before.top;
}

function placeOf({ scrollTop, clientHeight, scrollHeight }: HTMLElement): Place {
  return { top: scrollTop, height: clientHeight, whole: scrollHeight };
}
