// A death at every boundary: the first time it comes to one, just before; when it comes back to it, just after.
import type { DurableBoundary } from '../../src/durable-boundaries.ts';
import type { Fate } from './reaper.ts';

export type CrashPlan = { fate: Fate; died: { before: Set<DurableBoundary>; after: Set<DurableBoundary> } };

/** `skip` = how many times each boundary is crossed unharmed first. */
export function dieAtEachBoundary(skip = 0): CrashPlan {
  const crossed = new Map<DurableBoundary, number>();
  const died: CrashPlan['died'] = { before: new Set(), after: new Set() };
  return {
    died,
    fate: (_commit, boundary) => {
      const times = crossed.get(boundary) ?? 0;
      crossed.set(boundary, times + 1);
      const moment = times === skip ? 'before' : times === skip + 1 ? 'after' : null;
      if (moment !== null) died[moment].add(boundary);
      return moment;
    },
  };
}
