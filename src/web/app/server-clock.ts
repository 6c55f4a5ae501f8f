// What time it is for the server, from what its answers say: deadlines are the server's, and clocks of desks are wrong.
import { readClock } from './page-facts.ts';

/** Answers name whole seconds and travel: a smaller difference says nothing, and what counts down would tremble. */
const NOISE_MS = 2_000;
const listeners = new Set<() => void>();
let ahead = 0;

/** Milliseconds since the epoch; the browser's own until the server has said something. */
export const serverClock = (): number => readClock() + ahead;

/** `date`: as an answer names it, heard just now. */
export function hearServerClock(date: string | null): void {
  const said = Date.parse(date ?? '');
  if (Number.isNaN(said) || Math.abs(said - serverClock()) < NOISE_MS) return;
  ahead = said - readClock();
  for (const listener of listeners) listener();
}

/** Told when it turns out to be another time than was thought. Answers how to stop. */
export function onServerClock(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
