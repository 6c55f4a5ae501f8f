// The worker of one process: rung when something was accepted, and by the metronome. Any number of processes share the work.
import { setTimeout as wait } from 'node:timers/promises';
import { isConnectionLost } from '../database.ts';
import { createRound, type Round } from '../round.ts';
import type { Delivery } from './delivery-rows.ts';
import { keepAndPlay } from './keep-and-play.ts';
import { type ProcessDeps, processEvents, processOneByOne } from './process-events.ts';

const PEOPLE_PER_BATCH = 128;
const GATHER_MS = 5;

export type InboundWorker = Round & {
  /** Keeps and works deliveries in one; null while nothing may be worked. Throws when nothing of it was kept. */
  playAtOnce(): ((deliveries: Delivery[]) => Promise<void>) | null;
};

/** Works nothing before the flows are `loaded`. `onWorked` is told after each batch that changed something. */
export function createInboundWorker(
  deps: ProcessDeps & { loaded: Promise<void>; onWorked?: () => void },
): InboundWorker {
  let isLoaded = false;
  deps.loaded.then(
    () => {
      isLoaded = true;
    },
    // Whoever awaits `loaded` hears of it.
    () => undefined,
  );
  const round = createRound(
    async () => {
      await deps.loaded;
      const count = await workBatch(deps);
      if (count > 0) deps.onWorked?.();
      // Under load a breath between two small batches makes them larger, and larger ones cost less for each person.
      if (count > 1 && count < PEOPLE_PER_BATCH / 2) await wait(GATHER_MS);
      return count > 0;
    },
    (error) => deps.log.warn({ err: error }, 'a round of work failed'),
  );
  const playAtOnce = async (deliveries: Delivery[]): Promise<void> => {
    const { worked, isSomethingQueued } = await keepAndPlay(deps, deliveries);
    if (worked > 0) deps.onWorked?.();
    if (isSomethingQueued) round.ring();
  };
  return { ...round, playAtOnce: () => (isLoaded ? playAtOnce : null) };
}

async function workBatch(deps: ProcessDeps): Promise<number> {
  try {
    return await processEvents(deps, PEOPLE_PER_BATCH);
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    deps.log.error({ err: error }, 'a batch was refused; working one by one');
    await processOneByOne(deps, (cause) => deps.log.error({ err: cause }, 'one person could not be worked'));
    return 0;
  }
}
