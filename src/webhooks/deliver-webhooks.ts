// Delivers what happened to other systems. Each endpoint has its own round, so that one that dawdles holds up nobody else.
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { NewId } from '../ids.ts';
import { createRound, type Round } from '../round.ts';
import {
  claimDeliveries,
  type DueDelivery,
  disableEndpoint,
  findDueEndpoints,
  noteHealth,
  saveOutcome,
} from './claim-deliveries.ts';
import { describeEvent } from './describe-event.ts';
import { openSecrets } from './endpoint-secrets.ts';
import { GIVE_UP_ENDPOINT_MS, waitAfter } from './retry-table.ts';
import { type PostResult, type SendRules, sendWebhook } from './send-webhook.ts';
import { signWebhook } from './sign-webhook.ts';
import { spreadEvents } from './spread-events.ts';

export type WebhookDelivererDeps = {
  db: Database;
  clock: Clock;
  newId: NewId;
  log: Pick<Logger, 'warn'>;
  secretKey: Buffer;
  /** In [0, 1). */
  random: () => number;
  rules: SendRules;
};

/** Calls to one endpoint at a time. There are few endpoints (`MOST_ENDPOINTS`), so the whole is bounded too. */
const AT_ONCE = 4;
/** "I want no more of these." */
const GONE = 410;

export function createWebhookDeliverer(deps: WebhookDelivererDeps): Round {
  const endpoints = new Map<string, Round>();
  const warn = (error: unknown) => deps.log.warn({ err: error }, 'a round of webhooks failed');
  const ringEndpoint = (id: string): void => {
    const round = endpoints.get(id) ?? createRound(() => deliverSome(deps, id), warn);
    endpoints.set(id, round);
    round.ring();
  };
  const finder = createRound(async () => {
    const now = deps.clock.now();
    const spread = await spreadEvents(deps.db, { now, newId: deps.newId });
    for (const id of await findDueEndpoints(deps.db.pool, now)) ringEndpoint(id);
    return spread > 0;
  }, warn);
  const everybody = (work: (round: Round) => Promise<void>) => Promise.all([...endpoints.values()].map(work));
  return {
    ring: finder.ring,
    idle: async () => {
      await finder.idle();
      await everybody((round) => round.idle());
    },
    stop: async () => {
      await finder.stop();
      await everybody((round) => round.stop());
    },
  };
}

async function deliverSome(deps: WebhookDelivererDeps, endpointId: string): Promise<boolean> {
  const due = await claimDeliveries(deps.db, endpointId, { now: deps.clock.now(), limit: AT_ONCE });
  await Promise.all(due.map((delivery) => deliverOne(deps, endpointId, delivery)));
  return due.length > 0;
}

async function deliverOne(deps: WebhookDelivererDeps, endpointId: string, delivery: DueDelivery): Promise<void> {
  const result = await post(deps, endpointId, delivery);
  const now = deps.clock.now();
  await saveOutcome(deps.db, delivery, outcomeOf(deps, delivery, result, now), now);
  const failingSince = await noteHealth(deps.db, endpointId, result.isDelivered, now);
  const reason = result.isDelivered ? null : reasonToDisable(result, failingSince, now);
  if (reason !== null && (await disableEndpoint(deps.db, endpointId, reason))) {
    deps.log.warn({ endpointId, reason }, 'webhooks: an endpoint is switched off');
  }
}

async function post(deps: WebhookDelivererDeps, endpointId: string, delivery: DueDelivery): Promise<PostResult> {
  const now = deps.clock.now();
  const secrets = openSecrets(deps, endpointId, delivery.secrets, now).map((one) => one.secret);
  if (secrets.length === 0) {
    const error = 'The secret cannot be read: SECRET_KEY has changed. Rotate the secret of this endpoint.';
    return { isDelivered: false, status: null, error, retryAfterMs: null };
  }
  const body = describeEvent(delivery);
  const headers = signWebhook({ id: delivery.eventId, at: now, body }, secrets);
  const send = () => sendWebhook(delivery.url, { body, headers }, deps.rules, now);
  return await deps.db.durably('post-webhook', send);
}

function outcomeOf({ random }: WebhookDelivererDeps, { attempts }: DueDelivery, result: PostResult, now: Date) {
  if (result.isDelivered) {
    return { status: 'delivered' as const, httpStatus: result.status, error: null, nextAttemptAt: now };
  }
  const wait = result.status === GONE ? null : waitAfter(attempts, result.retryAfterMs, random);
  return {
    status: wait === null ? ('failed' as const) : ('waiting' as const),
    httpStatus: result.status,
    error: result.error,
    nextAttemptAt: new Date(now.getTime() + (wait ?? 0)),
  };
}

function reasonToDisable(
  { status, error }: Extract<PostResult, { isDelivered: false }>,
  failingSince: Date | null,
  now: Date,
): string | null {
  if (status === GONE) return 'The endpoint answered 410: it wants no more events.';
  if (failingSince === null || now.getTime() - failingSince.getTime() < GIVE_UP_ENDPOINT_MS) return null;
  return `Every attempt has failed since ${failingSince.toISOString()}. The last one: ${error}`;
}
