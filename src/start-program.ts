// Everything wired together, without a port and without a metronome: main.ts rings it by the second, tests by hand.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { isTicketGood, makeTicket } from './auth/connect-ticket.ts';
import type { Channel } from './channels/channel.ts';
import type { ChannelName } from './channels/inbound-event-schema.ts';
import { runMediaFetcher } from './channels/media/fetch-media.ts';
import { defaultWindowRules } from './channels/messaging-window.ts';
import { createMessengerChannel } from './channels/messenger/channel.ts';
import { createZaloChannel, type ZaloChannel } from './channels/zalo/channel.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { type Database, isConnectionLost } from './database.ts';
import { createFlowLibrary, type FlowLibrary } from './flow-library/flow-library.ts';
import type { Message } from './flows/message-schema.ts';
import { createMetrics } from './health/metrics.ts';
import { createIdMaker } from './ids.ts';
import { identityIdOf } from './inbound/event-id.ts';
import { fetchProfiles } from './inbound/fetch-profiles.ts';
import { fireTimers } from './inbound/fire-timers.ts';
import { createEventRecorder, type EventRecorder } from './inbound/record-events.ts';
import { createInboundWorker } from './inbound/worker.ts';
import { followSubscription } from './journeys/follow-subscription.ts';
import { planAll } from './journeys/plan-all.ts';
import { startDue } from './journeys/start-due.ts';
import { createDeliverer, type Deliverer } from './outbox/deliver-messages.ts';
import { settleMessages } from './outbox/settle-messages.ts';
import { createRound, type Round } from './round.ts';

export type ProgramDeps = {
  config: Config;
  db: Database;
  clock: Clock;
  log: Logger;
  secretKey: Buffer;
  /** The sandbox's address, when it is on. */
  sandboxUrl: string | null;
  random?: () => number;
};

export type Program = {
  app: FastifyInstance;
  library: FlowLibrary;
  channels: ReadonlyMap<ChannelName, Channel>;
  worker: Round;
  /** Resolves when the flows are read and their dates planned; until then events are accepted, not worked. */
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
  const { config, db, clock, log } = deps;
  const newId = createIdMaker(clock);
  const library = createFlowLibrary({ db, clock, newId, flowsDir: config.flowsDir, log });
  // Reading and testing all flows takes a moment: webhooks are accepted meanwhile, and worked when it is over.
  let isStopped = false;
  const loaded = untilConnected({ log, isOver: () => isStopped }, async () => {
    await library.refresh();
    await planAll(db, planDeps());
  });
  // Whoever awaits it hears of a failure; until then it must not end the process.
  loaded.catch(() => undefined);
  const { channels, zalo } = await openChannels(deps);
  const rules = { window: defaultWindowRules, quietHours: { ...config.quietHours, timeZone: config.timeZone } };
  const deliverers = [...channels.values()].map((channel) =>
    createDeliverer({ db, channel, clock, rules, random: deps.random ?? Math.random, log }),
  );
  const ringDeliverers = () => {
    for (const deliverer of deliverers) deliverer.ring();
  };
  const profiles = new Set<Promise<void>>();
  const worker = createInboundWorker({
    db,
    clock,
    newId,
    library,
    log,
    tools: {
      newId,
      timeZone: config.timeZone,
      business: config.business,
      quietHours: rules.quietHours,
      calendarUrl: (bookingId) => `${config.publicUrl}/calendar/${bookingId}.ics`,
    },
    splitMessage: (name) => (message) => splitFor(channels, name, message),
    loaded,
    onWorked: ringDeliverers,
    onProfilesWanted: (wishes) => {
      const work = fetchProfiles({ db, clock, channels, log, onFetched: () => worker.ring() }, wishes).finally(() =>
        profiles.delete(work),
      );
      profiles.add(work);
    },
  });
  const recorder = createEventRecorder(db.pool, { onRecorded: () => worker.ring() });
  const app = await buildApp(appDeps({ deps, channels, zalo, recorder, library, worker, deliverers, newId }));
  const warn = (name: string) => (error: unknown) => log.warn({ err: error }, `a round of ${name} failed`);
  // Slow by nature, so that they must not hold up the second hand.
  const settling = createRound(async () => {
    await Promise.all([...channels.values()].map((channel) => settleMessages({ db, channel, clock, log })));
    return false;
  }, warn('settling'));
  const media = createRound(async () => (await runMediaFetcher(mediaDeps(deps))) > 0, warn('media'));
  const slow = [settling, media];
  const tick = async () => {
    await loaded;
    if (await library.refresh()) await planAll(db, planDeps());
    const dates = { scripts: library.scripts(), channels: [...channels.keys()], timeZone: config.timeZone };
    await startDue(db, { now: clock.now(), ...dates });
    await fireTimers(db.pool, clock.now());
    for (const round of [worker, ...deliverers, ...slow]) round.ring();
  };
  const planDeps = () => ({ scripts: library.scripts(), now: clock.now(), newId, timeZone: config.timeZone });
  return {
    loaded,
    app,
    library,
    channels,
    worker,
    tick,
    tickMinute: async () => {
      await zalo?.runTokenKeeper();
    },
    connectUrl: () =>
      config.zalo && !config.zalo.accessToken && !config.zalo.refreshToken
        ? `${config.publicUrl}/oauth/zalo/start?ticket=${makeTicket(deps.secretKey, clock.now())}`
        : null,
    idle: () => becomeIdle({ tick, rounds: [worker, ...deliverers, ...slow], profiles, db }),
    stop: async () => {
      isStopped = true;
      await app.close();
      await recorder.drain();
      await worker.stop();
      await Promise.all([...[...deliverers, ...slow].map((round) => round.stop()), ...profiles]);
    },
  };
}

const LOAD_AGAIN_MS = 1_000;

/** A database that goes away during the first second is waited for; anything else is told to whoever awaits. */
async function untilConnected(deps: { log: Logger; isOver: () => boolean }, load: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (deps.isOver() || !isConnectionLost(error)) throw error;
      deps.log.warn({ err: error }, 'the flows wait for the database');
      await wait(LOAD_AGAIN_MS);
    }
  }
}

function splitFor(channels: ReadonlyMap<ChannelName, Channel>, name: string, message: Message): Message[] {
  return channelOf(channels, name)?.splitMessage(message) ?? [message];
}

function channelOf(channels: ReadonlyMap<ChannelName, Channel>, name: string): Channel | undefined {
  return [...channels.values()].find((channel) => channel.name === name);
}

async function openChannels({ config, db, clock, log, secretKey }: ProgramDeps) {
  const mediaDir = join(config.dataDir, 'media');
  const spoolDir = join(config.dataDir, 'spool');
  await Promise.all([mkdir(mediaDir, { recursive: true }), mkdir(spoolDir, { recursive: true })]);
  const channels = new Map<ChannelName, Channel>();
  let zalo: ZaloChannel | null = null;
  if (config.zalo) {
    zalo = createZaloChannel({ db, clock, log, secretKey, random: randomBytes, spoolDir, mediaDir }, config.zalo);
    channels.set('zalo', zalo);
  }
  if (config.messenger) channels.set('messenger', createMessengerChannel({ clock, log, mediaDir }, config.messenger));
  return { channels, zalo };
}

function mediaDeps({ config, db, clock, log, sandboxUrl }: ProgramDeps) {
  const allowedOrigins = sandboxUrl === null ? [] : [new URL(sandboxUrl).origin];
  return { db, clock, log, mediaDir: join(config.dataDir, 'media'), allowedOrigins };
}

type Parts = {
  deps: ProgramDeps;
  channels: ReadonlyMap<ChannelName, Channel>;
  zalo: ZaloChannel | null;
  recorder: EventRecorder;
  library: FlowLibrary;
  worker: Round;
  deliverers: Deliverer[];
  newId: () => string;
};

function appDeps({ deps, channels, zalo, recorder, library, worker, deliverers, newId }: Parts) {
  const { config, db, clock, log } = deps;
  const metrics = createMetrics(db.pool);
  return {
    log,
    sandboxUrl: deps.sandboxUrl,
    webhooks: {
      channels,
      recorder,
      clock,
      messengerVerifyToken: config.messenger?.verifyToken ?? null,
      zaloVerifier: config.zalo?.verifier ?? null,
      count: metrics.countWebhook,
    },
    health: {
      db,
      metrics,
      flowProblems: library.problems,
      activeFlows: () => [...library.scripts().active.keys()],
      channels: () =>
        Object.fromEntries(
          deliverers.map((deliverer) => [deliverer.channel, deliverer.isPaused() ? 'Sending is paused.' : null]),
        ),
    },
    api: {
      db,
      clock,
      newId,
      log,
      apiKey: config.apiKey,
      accounts: { zalo: config.zalo?.oaId ?? null, messenger: config.messenger?.pageId ?? null },
      identityIdOf,
      timeZone: config.timeZone,
      windowRules: defaultWindowRules,
      onSubscriptionSaved: (
        client: Parameters<typeof followSubscription>[0],
        { subscriptionId }: { subscriptionId: string },
      ) =>
        followSubscription(
          client,
          { scripts: library.scripts(), now: clock.now(), newId, timeZone: config.timeZone },
          { subscriptionId },
        ),
      onEventsPushed: worker.ring,
      onMessagesQueued: () => {
        for (const deliverer of deliverers) deliverer.ring();
      },
      splitMessage: (name: string) => (message: Message) => splitFor(channels, name, message),
      processNow: async () => {
        worker.ring();
        await worker.idle();
      },
    },
    connect: zalo
      ? {
          zalo,
          publicUrl: config.publicUrl,
          mayConnect: (ticket: string) => isTicketGood(deps.secretKey, clock.now(), ticket),
          onConnected: () => {
            for (const deliverer of deliverers) deliverer.ring();
          },
        }
      : null,
  };
}

/** Rings everything until a whole turn changes nothing; bounded, so that an endless script cannot hang its caller. */
async function becomeIdle(parts: {
  tick: () => Promise<void>;
  rounds: Round[];
  profiles: Set<Promise<void>>;
  db: Database;
}): Promise<void> {
  for (let turn = 0, before = await stateOf(parts.db); turn < 50; turn += 1) {
    await parts.tick();
    for (const round of parts.rounds) await round.idle();
    await Promise.all(parts.profiles);
    for (const round of parts.rounds) {
      round.ring();
      await round.idle();
    }
    const after = await stateOf(parts.db);
    if (after === before) return;
    before = after;
  }
}

async function stateOf(db: Database): Promise<string> {
  const { rows } = await db.pool.query<{ state: string }>(
    `SELECT concat((SELECT coalesce(max(id), 0) FROM touchpoints), ' ', (SELECT count(*) FROM inbound_queue), ' ',
       (SELECT count(*) FROM outbound_messages WHERE status IN ('queued', 'sending'))) AS state`,
  );
  return rows[0]?.state ?? '';
}
