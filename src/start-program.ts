// Everything wired together, without a port and without a metronome: run.ts rings it by the second, tests by hand.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type AppDeps, buildApp } from './app.ts';
import type { StaffSettings } from './auth/auth-deps.ts';
import { createMayConnect, firstConnectUrl } from './auth/connect-ticket.ts';
import type { PasswordCost } from './auth/hash-password.ts';
import { openStaff } from './auth/open-staff.ts';
import type { Channel } from './channels/channel.ts';
import type { ChannelName } from './channels/inbound-event-schema.ts';
import { defaultWindowRules } from './channels/messaging-window.ts';
import { type OpenChannels, openChannels } from './channels/open-channels.ts';
import { createQuotaMemory } from './channels/provider-quota.ts';
import { createTokenWatch, type TokenWatch } from './channels/token-watch.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import { createFlowLibrary, type FlowLibrary } from './flow-library/flow-library.ts';
import { loadFlows } from './flow-library/load-flows.ts';
import { createMetrics } from './health/metrics.ts';
import { openOperations } from './health/open-operations.ts';
import type { ConnectionLimits } from './http/slow-clients.ts';
import { createIdMaker, type NewId } from './ids.ts';
import { identityIdOf } from './inbound/event-id.ts';
import { createEventRecorder, type EventRecorder } from './inbound/record-events.ts';
import { type OpenInbox, openInbox } from './inbox/open-inbox.ts';
import { careFacts } from './journeys/catalogue-of-customer.ts';
import { followSubscriptions } from './journeys/follow-subscription.ts';
import type { ConsiderOffer } from './journeys/prepare-starts.ts';
import { readCareStates } from './journeys/read-care-states.ts';
import { beginSweep } from './journeys/sweep-customers.ts';
import { attributeOrder, attributeOrders } from './offers/attribute-orders.ts';
import { considerOffer } from './offers/consider-offer.ts';
import type { OfferRouteDeps } from './offers/routes.ts';
import { applyTemplateNews } from './outbox/template-states.ts';
import { type PrivacyDeps, privacyDeps } from './privacy/privacy-deps.ts';
import { createPrivacyRound } from './privacy/privacy-round.ts';
import { silenceReturned } from './privacy/silence-returned.ts';
import type { Round } from './round.ts';
import { importsDirOf, type Rounds, type RoundsDeps, startRounds } from './start-rounds.ts';
import { webhookRules } from './webhooks/send-webhook.ts';

export type ProgramDeps = {
  config: Config;
  db: Database;
  clock: Clock;
  log: Logger;
  secretKey: Buffer;
  /** The sandbox's address, when it is on. */
  sandboxUrl: string | null;
  /** In [0, 1). */
  random?: () => number;
  /** Lower only in tests. */
  passwordCost?: PasswordCost;
  /** Shorter only in tests. */
  limits?: ConnectionLimits;
};

export type Program = {
  app: FastifyInstance;
  library: FlowLibrary;
  channels: ReadonlyMap<ChannelName, Channel>;
  worker: Round;
  /** Resolves when the flows are read; until then events are accepted, not worked. */
  loaded: Promise<void>;
  /** What the metronome rings each second: timers, dates, work, delivery, settling, media. */
  tick(): Promise<void>;
  /** What it rings each minute: tokens. */
  tickMinute(): Promise<void>;
  /** Where staff connect the OA, with a ticket of one hour; null when it is connected or there is none. */
  connectUrl(): string | null;
  /** Resolves when nothing is left that could be done at this moment of the clock. */
  idle(): Promise<void>;
  /** Takes no more, finishes or hands back what is under way, lets go of everything but the database. */
  stop(): Promise<void>;
};

export async function startProgram(deps: ProgramDeps): Promise<Program> {
  const { config, db, clock, log, random = Math.random } = deps;
  const newId = createIdMaker(clock);
  const library = createFlowLibrary({ ...deps, newId, flowsDir: config.flowsDir, onJourneysChanged: beginSweep });
  const over = { isStopped: false, isLoaded: false };
  const loaded = loadFlows({ log, library, over });
  // Whoever awaits it hears of a failure; until then it must not end the process.
  loaded.catch(() => undefined);
  const channels = await openChannels(deps);
  const tokens = createTokenWatch(channels);
  const rounds = startRounds({
    ...deps,
    random,
    newId,
    library,
    loaded,
    channels,
    considerOffer: offerGate(deps, library, newId),
    records: recordDeps(deps, library, newId),
  });
  const privacy = privacyDeps({ ...deps, newId, holidays: () => library.scripts().catalogue.holidays });
  const privacyRound = createPrivacyRound(privacy);
  const { worker } = rounds;
  const { staff, inbox } = openForStaff(deps);
  const recorder = createEventRecorder(db, { onRecorded: worker.ring, playAtOnce: worker.playAtOnce, log });
  const parts = {
    deps,
    channels,
    recorder,
    library,
    rounds,
    newId,
    privacy,
    staff,
    inbox,
    isLoaded: () => over.isLoaded,
    token: tokens.seen,
  };
  const app = await buildApp(appDeps(parts));
  return {
    app,
    library,
    channels: channels.byName,
    worker: rounds.worker,
    loaded,
    tick: async () => {
      staff.watch.ring();
      inbox.streams.ring();
      await rounds.tick();
    },
    tickMinute: async () => {
      await tokens.keep();
      privacyRound.ring();
    },
    connectUrl: () => firstConnectUrl(deps),
    idle: rounds.idle,
    stop: async () => {
      over.isStopped = true;
      const tooLate = wait(LONGEST_STOP_MS, undefined, { ref: false });
      await inbox.stop();
      await app.close();
      await recorder.drain();
      await privacyRound.stop();
      await staff.watch.stop();
      await Promise.all([rounds.stop(tooLate), tokens.idle(tooLate)]);
    },
  };
}

function openForStaff(deps: ProgramDeps): Pick<Parts, 'inbox'> & { staff: ReturnType<typeof openStaff> } {
  const staff = openStaff(deps);
  return { staff, inbox: openInbox(deps, staff) };
}

/** Journeys ask it before they make an offer. */
function offerGate({ secretKey }: ProgramDeps, library: FlowLibrary, newId: NewId): ConsiderOffer {
  return (client, candidate) => considerOffer({ ...offerDeps(library), newId, secretKey }, client, candidate);
}

function packDeps({ config, clock, secretKey }: ProgramDeps, library: FlowLibrary): OfferRouteDeps['offerPack'] {
  const facts = careFacts(config, library.scripts);
  return {
    catalogue: () => library.scripts().catalogue,
    secretKey,
    readSubjects: async (client, customerId) => {
      const [care] = await readCareStates(client, [customerId], { now: clock.now(), facts });
      return care?.state.subjects ?? [];
    },
  };
}

function offerDeps(library: FlowLibrary) {
  return { offers: () => library.scripts().catalogue };
}

/** Well inside the grace that run.ts gives. */
const LONGEST_STOP_MS = 8_000;

type Parts = {
  deps: ProgramDeps;
  channels: OpenChannels;
  recorder: EventRecorder;
  library: FlowLibrary;
  rounds: Rounds;
  newId: NewId;
  privacy: PrivacyDeps;
  staff: StaffSettings;
  inbox: OpenInbox;
  isLoaded: () => boolean;
  /** As the keeper last saw it. */
  token: TokenWatch['seen'];
};

/** What an operator should know about each channel; null = all is well. */
function channelTroubles({ rounds, token }: Parts): Record<string, string | null> {
  return Object.fromEntries(
    rounds.deliverers.map((one) => {
      const state = one.channel === 'zalo' ? token() : null;
      const paused = one.isPaused() ? 'Sending is paused.' : null;
      return [one.channel, state?.reason ?? state?.warnings[0] ?? paused];
    }),
  );
}

function appDeps(parts: Parts): AppDeps {
  const { deps, channels, recorder, library, rounds } = parts;
  const { config, db, clock } = deps;
  const metrics = createMetrics(db.pool);
  return {
    log: deps.log,
    ...(deps.limits ? { limits: deps.limits } : {}),
    sandboxUrl: deps.sandboxUrl,
    trustProxy: config.trustProxy,
    webhooks: {
      channels: channels.byName,
      recorder,
      clock,
      messengerVerifyToken: config.messenger?.verifyToken ?? null,
      zaloVerifier: config.zalo?.verifier ?? null,
      count: metrics.countWebhook,
      onTemplateNews: (events) => applyTemplateNews(db, library.scripts().catalogue.templates, events),
    },
    health: {
      db,
      metrics,
      isLoaded: parts.isLoaded,
      flowProblems: library.problems,
      activeFlows: () => [...library.scripts().active.keys()],
      channels: () => channelTroubles(parts),
    },
    api: apiDeps(parts),
    unsubscribe: { db, clock, newId: parts.newId, secretKey: deps.secretKey },
    connect: channels.zalo && {
      zalo: channels.zalo,
      publicUrl: config.publicUrl,
      mayConnect: createMayConnect({ db, clock, secretKey: deps.secretKey, publicUrl: config.publicUrl }),
      onConnected: rounds.ringDeliverers,
    },
  };
}

/** What saving a record needs, whether it comes by REST or in a file. */
function recordDeps(
  { config, clock, secretKey }: ProgramDeps,
  library: FlowLibrary,
  newId: NewId,
): RoundsDeps['records'] {
  return {
    clock,
    newId,
    accounts: { zalo: config.zalo?.oaId ?? null, messenger: config.messenger?.pageId ?? null },
    identityIdOf,
    onPeopleSaved: (client, ids, now) => silenceReturned({ newId, secretKey }, client, ids, now),
    timeZone: config.timeZone,
    onSubscriptionsSaved: (client, subscriptionIds) =>
      followSubscriptions(client, { now: clock.now(), newId }, { subscriptionIds }),
    planRank: (product, plan) => library.scripts().catalogue.plan(product, plan)?.rank ?? null,
    attributeOrder: (client, orderId) => attributeOrder(offerDeps(library), client, { orderId, now: clock.now() }),
    attributeOrders: (client, orderIds) => attributeOrders(offerDeps(library), client, { orderIds, now: clock.now() }),
  };
}

function apiDeps({ deps, channels, library, rounds, newId, privacy, staff, inbox }: Parts): AppDeps['api'] {
  const { config, db } = deps;
  const zaloQuota = createQuotaMemory(deps, channels.zalo);
  return {
    ...recordDeps(deps, library, newId),
    db,
    linkKey: deps.secretKey,
    apiKey: config.apiKey,
    windowRules: defaultWindowRules,
    careFacts: careFacts(config, library.scripts),
    scripts: library.scripts,
    onJourneysMoved: rounds.ringJourneys,
    onEventsPushed: rounds.worker.ring,
    onMessagesQueued: rounds.ringDeliverers,
    webhooks: { key: { secretKey: deps.secretKey, random: randomBytes }, rules: webhookRules(config) },
    onWebhooksQueued: rounds.webhooks.ring,
    imports: { importsDir: importsDirOf(config), maxBytes: config.importMaxBytes },
    onImportQueued: rounds.imports.ring,
    offering: { ...offerDeps(library), offerPack: packDeps(deps, library) },
    splitMessage: channels.split,
    privacy,
    staff,
    inbox,
    sending: {
      db,
      clock: deps.clock,
      timeZone: config.timeZone,
      scripts: library.scripts,
      sendRules: rounds.sendRules,
      isEmailOn: channels.email !== null,
      zaloQuota,
    },
    operations: openOperations(deps, { channels, library, zaloQuota, deliverers: rounds.deliverers }),
    processNow: async () => {
      rounds.worker.ring();
      await rounds.worker.idle();
    },
  };
}
