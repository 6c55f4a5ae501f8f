// Looking again until it is so: the only waiting in these tests, always with an end.
import { setTimeout as wait } from 'node:timers/promises';

/** Gives the first answer that is neither false, null nor undefined; throws after `withinMs`, saying what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { withinMs = 10_000, eachMs = 25 }: { withinMs?: number; eachMs?: number } = {},
): Promise<NonNullable<T>> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Waited ${withinMs} ms in vain for: ${what}`);
    await wait(eachMs);
  }
}
