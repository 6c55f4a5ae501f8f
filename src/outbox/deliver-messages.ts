// The only mouth, one per channel: takes what is due, says it, keeps what became of it. A slow or sick channel
// holds back nobody on the other one.
import type { Logger } from 'pino';
import { createBatcher } from '../batcher.ts';
import type { Channel } from '../channels/channel.ts';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import type { Clock } from '../clock.ts';
import { type Database, isConnectionLost } from '../database.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { type ClaimedMessage, claimMessages } from './claim-messages.ts';
import type { SendRules } from './may-send.ts';
import { type DeliveryResult, saveResults } from './save-results.ts';

export type DelivererDeps = {
  db: Database;
  channel: Channel;
  clock: Clock;
  rules: SendRules;
  /** In [0, 1). */
  random: () => number;
  log: Logger;
};

export type Deliverer = {
  readonly channel: ChannelName;
  /** There may be something to say. Cheap; call it as often as you like. */
  ring(): void;
  /** Starts nothing more and resolves when what is under way is settled. */
  stop(): Promise<void>;
  /** Resolves when nothing is due and nothing is under way. */
  idle(): Promise<void>;
  isPaused(): boolean;
};

const CONCURRENCY = 48;

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const breaker = createCircuitBreaker(deps.clock);
  const underWay = new Set<Promise<void>>();
  const results = createBatcher<DeliveryResult>({
    maxBatch: 128,
    concurrency: 1,
    maySplit: (error) => !isConnectionLost(error),
    commit: (items) => saveResults(deps, items),
  });
  let isStopped = false;
  let hasRung = false;
  let round: Promise<void> | null = null;

  const sayOne = async (message: ClaimedMessage): Promise<void> => {
    const result = await deps.channel.send({
      outboundMessageId: message.id,
      peerId: message.peerId,
      message: message.message,
      permit: message.permit,
    });
    if (result.outcome === 'sent' || result.outcome === 'refused') breaker.succeeded();
    else if (result.outcome === 'later' && result.concerns === 'account' && result.retryAt)
      breaker.pauseUntil(result.retryAt);
    else if (result.outcome === 'unknown' || result.concerns === 'account') breaker.failed();
    // A result that cannot be kept now leaves the row `sending`: its lease runs out and it is settled as uncertain.
    await results
      .add({ message, result })
      .catch((error: unknown) => deps.log.warn({ err: error }, 'a delivery result was not kept'));
    ring();
  };

  const work = async (): Promise<void> => {
    while (hasRung && !isStopped) {
      hasRung = false;
      const limit = breaker.allowance(CONCURRENCY - underWay.size, underWay.size);
      if (limit <= 0) return;
      const { claimed, settled } = await claimMessages(deps.db, {
        channel: deps.channel.name,
        now: deps.clock.now(),
        limit,
        rules: deps.rules,
      });
      for (const message of claimed) {
        const sending = sayOne(message).finally(() => underWay.delete(sending));
        underWay.add(sending);
      }
      if (settled > 0 || claimed.length === limit) hasRung = true;
    }
  };

  function ring(): void {
    hasRung = true;
    if (isStopped || round) return;
    round = work()
      .catch((error: unknown) =>
        deps.log.warn({ err: error, channel: deps.channel.name }, 'a round of delivery failed'),
      )
      .finally(() => {
        round = null;
        if (hasRung && underWay.size < CONCURRENCY && breaker.allowance(1, underWay.size) > 0 && !isStopped)
          setImmediate(ring);
      });
  }

  const idle = async (): Promise<void> => {
    while (round || underWay.size > 0) await Promise.all([round, ...underWay]);
  };
  return {
    channel: deps.channel.name,
    ring,
    idle,
    stop: async () => {
      isStopped = true;
      await idle();
      await results.drain();
    },
    isPaused: () => breaker.allowance(1, 0) === 0,
  };
}
