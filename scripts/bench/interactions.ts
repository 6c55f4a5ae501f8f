// What a browser says of itself: how long each interaction took until the page was painted, and what held it up.
import type { Page } from 'playwright-core';
import { z } from 'zod';

/** Begins to listen as soon as a page begins. */
export const OBSERVE = `
  window.__seen = { events: [], longTasks: [] };
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, name, target } of list.getEntries())
      if (interactionId > 0) window.__seen.events.push({ id: interactionId, ms: duration, what: name + ' on ' + (target?.getAttribute('aria-label') ?? target?.tagName ?? 'the page') });
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.__seen.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
`;

const seen = z.object({
  count: z.number(),
  events: z.array(z.object({ id: z.number(), ms: z.number(), what: z.string() })),
  longTasks: z.array(z.number()),
});

/** `interactions`: each once, by its slowest event, only those of 16 ms and more; `count`: all there were. */
export type Measured = { interactions: { ms: number; what: string }[]; count: number; longTasks: number[] };

export async function interactionsOf(page: Page): Promise<Measured> {
  const { count, events, longTasks } = seen.parse(
    await page.evaluate('({ ...window.__seen, count: performance.interactionCount })'),
  );
  const slowest = new Map<number, { ms: number; what: string }>();
  for (const { id, ms, what } of events) if (ms > (slowest.get(id)?.ms ?? 0)) slowest.set(id, { ms, what });
  return { interactions: [...slowest.values()], count, longTasks };
}
