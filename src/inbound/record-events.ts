// Accepting: what a webhook brought is kept, once, before it is answered. Many requests share one commit.
import type { Logger } from 'pino';
import { createBatcher } from '../batcher.ts';
import { type Database, isConnectionLost } from '../database.ts';
import { withDeadline } from '../deadline.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import { findReceivers, namesNobody } from '../outbox/find-receivers.ts';
import { type Delivery, rowsOf } from './delivery-rows.ts';
import { keepAndQueue } from './keep-deliveries.ts';

export type { Delivery } from './delivery-rows.ts';

export type EventRecorder = {
  /** Resolves when the delivery is committed; rejects with DatabaseUnavailableError when it cannot be. */
  record(delivery: Delivery): Promise<void>;
  /** Resolves when everything given so far is settled. */
  drain(): Promise<void>;
};

export type RecorderOptions = {
  /** Called after each commit that queued something, so that the worker need not wait for its next round. */
  onRecorded?: () => void;
  /** The short way: keeps and works in one; null = not now. What it refuses is kept and left to the worker. */
  playAtOnce?: () => ((deliveries: Delivery[]) => Promise<void>) | null;
  log?: Pick<Logger, 'warn'>;
};

type RecorderDb = Pick<Database, 'pool' | 'durably'>;

/** Meta waits five seconds. What is committed after all is known when the provider brings it again. */
const LONGEST_WAIT_MS = 4_000;
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

export function createEventRecorder(db: RecorderDb, options: RecorderOptions = {}): EventRecorder {
  const batcher = createBatcher<Delivery>({
    maxBatch: 256,
    // One commit under way: what arrives meanwhile makes the next one larger, and a larger one costs less for each.
    concurrency: 1,
    weigh: (delivery) => delivery.raw.length,
    maxWeight: MAX_BATCH_BYTES,
    maySplit: (error) => !isConnectionLost(error),
    commit: (deliveries) => commit(db, options, deliveries),
  });
  return {
    record: async (given) => {
      try {
        const tooLate = () => new DatabaseUnavailableError('No commit in time.');
        const delivery = given.events.some(namesNobody) ? await placeAnswers(db, given, options) : given;
        await withDeadline(batcher.add(delivery), LONGEST_WAIT_MS, tooLate);
      } catch (error) {
        throw isConnectionLost(error) ? new DatabaseUnavailableError(error) : error;
      }
    },
    drain: () => batcher.drain(),
  };
}

/** Whoever cannot be found is nobody: then the event is kept as it came. */
async function placeAnswers(db: RecorderDb, delivery: Delivery, { log }: RecorderOptions): Promise<Delivery> {
  try {
    return { ...delivery, events: await findReceivers(db.pool, delivery.events) };
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    log?.warn({ err: error }, 'nobody was found for an answer to a template');
    return delivery;
  }
}

async function commit(db: RecorderDb, options: RecorderOptions, deliveries: Delivery[]): Promise<void> {
  const playAtOnce = options.playAtOnce?.();
  if (playAtOnce) {
    try {
      return await playAtOnce(deliveries);
    } catch (error) {
      if (isConnectionLost(error)) throw error;
      // One person's rows, or one flow, must not cost the others their 200: the worker finds out whose they are.
      options.log?.warn({ err: error }, 'webhooks could not be worked at once; they are kept for the worker');
    }
  }
  await db.durably('keep-and-queue', () => keepAndQueue(db.pool, rowsOf(deliveries)));
  options.onRecorded?.();
}
