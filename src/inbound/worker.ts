// The worker of one process: rung when something was accepted, and by the metronome. Any number of processes share the work.
import type { Logger } from 'pino';
import { isConnectionLost } from '../database.ts';
import { type ProcessDeps, processEvents, processOneByOne } from './process-events.ts';

export type Worker = {
  /** There may be work. Cheap; call it as often as you like. */
  ring(): void;
  /** Works until nothing is left that this process may take now. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

const PEOPLE_PER_BATCH = 128;

export function createInboundWorker(deps: ProcessDeps & { log: Logger; onWorked?: () => void }): Worker {
  let isStopped = false;
  let hasRung = false;
  let round: Promise<void> | null = null;

  const work = async (): Promise<void> => {
    while (hasRung && !isStopped) {
      hasRung = false;
      const count = await workBatch(deps);
      if (count > 0) {
        hasRung = true;
        deps.onWorked?.();
      }
    }
  };
  const ring = (): void => {
    hasRung = true;
    if (isStopped || round) return;
    round = work()
      // The database is away or refused us: the metronome rings again.
      .catch((error: unknown) => deps.log.warn({ err: error }, 'a round of work failed'))
      .finally(() => {
        round = null;
      });
  };
  const idle = async (): Promise<void> => {
    ring();
    while (round) await round;
  };
  return {
    ring,
    idle,
    stop: async () => {
      isStopped = true;
      while (round) await round;
    },
  };
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
