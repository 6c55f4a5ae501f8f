// The only mouth, one per channel: takes what is due, says it, keeps what became of it. A slow or sick channel
// holds back nobody on the other one.
import type { Logger } from 'pino';
import { createBatcher } from '../batcher.ts';
import type { Channel, SendResult } from '../channels/channel.ts';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import { type Clock, SECOND_MS } from '../clock.ts';
import { type Database, isConnectionLost } from '../database.ts';
import { createRound, type Round } from '../round.ts';
import type { ClaimedMessage } from './candidate.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import { type ClaimDeps, claimMessages, type DoubtfulClaim } from './claim-messages.ts';
import type { SendRules } from './may-send.ts';
import { LEASE_MS } from './retry-policy.ts';
import { type DeliveryResult, saveResults } from './save-results.ts';

export type DelivererDeps = {
  db: Database;
  channel: Channel;
  clock: Clock;
  /** Asked at every claim: the catalogue may change. */
  rules: () => SendRules;
  ladder: Omit<ClaimDeps, 'rules'>;
  /** In [0, 1). */
  random: () => number;
  log: Logger;
  /** Milliseconds that go on while the process stands still, and never back; tests pass their own. */
  stopwatch?: () => number;
  /** Does something after so many milliseconds of the wall; tests pass their own. */
  after?: (ms: number, act: () => void) => void;
};

/** Its `idle` and `stop` also wait for the sends that are under way, and for what became of them to be kept. */
export type Deliverer = Round & { readonly channel: ChannelName; isPaused(): boolean };

const CONCURRENCY = 48;

const ownStopwatch = () => performance.now();
const ownAfter = (ms: number, act: () => void) => void setTimeout(act, ms).unref();

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const { stopwatch = ownStopwatch, after = ownAfter } = deps;
  const breaker = createCircuitBreaker(deps.clock);
  const underWay = new Set<Promise<void>>();
  const doubtful: DoubtfulClaim[] = [];
  const results = createBatcher<DeliveryResult>({
    maxBatch: 128,
    concurrency: 1,
    maySplit: (error) => !isConnectionLost(error),
    commit: (items) => saveResults(deps, items),
  });
  const sayOne = async (message: ClaimedMessage, takenAtMs: number): Promise<void> => {
    const result = await sayInTime({ ...deps, stopwatch }, message, takenAtMs);
    if (result === null) return;
    tellBreaker(breaker, result);
    if (result.outcome === 'later' && result.retryAt) ringAt(result.retryAt.getTime());
    // A result that cannot be kept now leaves the row `sending`: its lease runs out and it is settled as uncertain.
    await results
      .add({ message, result })
      .catch((error: unknown) => deps.log.warn({ err: error }, 'a delivery result was not kept'));
  };

  const round = createRound(
    async () => {
      const limit = breaker.allowance(CONCURRENCY - underWay.size, underWay.size);
      if (limit <= 0) return false;
      const what = { channel: deps.channel.name, now: deps.clock.now(), limit };
      // Before the claim: its lease cannot end sooner than it does by this watch.
      const takenAtMs = stopwatch();
      const asking = { ...deps.ladder, rules: deps.rules() };
      const { claimed, settled } = await claimMessages(deps.db, what, asking, doubtful);
      for (const message of claimed) {
        const sending = sayOne(message, takenAtMs).finally(() => {
          // In this order: whoever looks for work must find the place free.
          underWay.delete(sending);
          round.ring();
        });
        underWay.add(sending);
      }
      return settled > 0 || claimed.length === limit;
    },
    (error) => deps.log.warn({ err: error, channel: deps.channel.name }, 'a round of delivery failed'),
  );
  let ringsAt = 0;
  /** Whoever spoke too fast goes on as soon as it may, also when nothing is under way; longer waits end by the metronome. */
  const ringAt = (at: number): void => {
    const waitMs = at - deps.clock.now().getTime();
    if (at <= ringsAt || waitMs <= 0 || waitMs >= SECOND_MS) return;
    ringsAt = at;
    // One more: timers count by a clock of their own.
    after(waitMs + 1, round.ring);
  };
  return {
    channel: deps.channel.name,
    ring: round.ring,
    idle: () => becomeIdle(round, underWay),
    stop: async () => {
      await round.stop();
      await Promise.all(underWay);
      await results.drain();
    },
    isPaused: () => breaker.allowance(1, 0) === 0,
  };
}

async function becomeIdle(round: Round, underWay: ReadonlySet<Promise<void>>): Promise<void> {
  await round.idle();
  while (underWay.size > 0) {
    await Promise.all(underWay);
    await round.idle();
  }
}

/** null = it is left to its lease, and settled as unknown when that has run out. */
async function sayInTime(
  { db, channel, log, stopwatch }: Pick<DelivererDeps, 'db' | 'channel' | 'log'> & { stopwatch: () => number },
  { id, peerId, message, permit }: ClaimedMessage,
  takenAtMs: number,
): Promise<SendResult | null> {
  try {
    return await db.durably('send-message', async () => {
      if (stopwatch() - takenAtMs < LEASE_MS) {
        return await channel.send({ outboundMessageId: id, peerId, message, permit });
      }
      // Whoever stood still for so long has lost it to those who settle what is unknown.
      log.warn({ id }, 'taken too long ago to be said');
      return null;
    });
  } catch (error) {
    log.error({ err: error, id }, 'a message could not be said');
    return null;
  }
}

function tellBreaker(breaker: CircuitBreaker, result: SendResult): void {
  if (result.outcome === 'sent' || result.outcome === 'refused') breaker.succeeded();
  else if (result.outcome === 'later' && result.concerns === 'account' && result.retryAt)
    breaker.pauseUntil(result.retryAt);
  else if (result.outcome === 'unknown' || result.concerns === 'account') breaker.failed();
}
