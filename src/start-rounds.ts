// The work of one process, in rounds: working events, saying messages, settling what is uncertain, copying media,
// and what falls due by the clock. Rung by what happens and by the metronome.
import { join } from 'node:path';
import type { Logger } from 'pino';
import { runMediaFetcher } from './channels/media/fetch-media.ts';
import type { OpenChannels } from './channels/open-channels.ts';
import { type Clock, DAY_MS } from './clock.ts';
import type { Config } from './config.ts';
import { createExpiry } from './customers/expire-subscriptions.ts';
import { linkIdentity } from './customers/link-identity.ts';
import type { Database } from './database.ts';
import type { FlowLibrary } from './flow-library/flow-library.ts';
import type { NewId } from './ids.ts';
import { createImportRunner } from './imports/run-imports.ts';
import type { SaveRowsDeps } from './imports/save-rows.ts';
import { createProfileFetcher } from './inbound/fetch-profiles.ts';
import { fireTimers } from './inbound/fire-timers.ts';
import { createInboundWorker, type InboundWorker } from './inbound/worker.ts';
import { createInboxRound } from './inbox/inbox-round.ts';
import { createPolicyMemory, type PolicyMemory } from './inbox/policy-memory.ts';
import { createJourneyRounds } from './journeys/journey-rounds.ts';
import type { ConsiderOffer } from './journeys/prepare-starts.ts';
import { createMonthKeeper } from './ledger/keep-months.ts';
import { createOfferCloser } from './offers/close-overdue.ts';
import { createDeliverer, type Deliverer } from './outbox/deliver-messages.ts';
import type { SendRules } from './outbox/may-send.ts';
import { createSendRules } from './outbox/send-rules.ts';
import { settleMessages } from './outbox/settle-messages.ts';
import { createSpending } from './outbox/spending.ts';
import { silenceNewcomers } from './privacy/silence-returned.ts';
import { createRound, type Round } from './round.ts';
import { createWebhookDeliverer } from './webhooks/deliver-webhooks.ts';
import { webhookRules } from './webhooks/send-webhook.ts';

export type RoundsDeps = {
  config: Config;
  db: Database;
  clock: Clock;
  log: Logger;
  newId: NewId;
  library: FlowLibrary;
  /** Resolves when the flows are read; nothing is worked before. */
  loaded: Promise<void>;
  channels: OpenChannels;
  sandboxUrl: string | null;
  secretKey: Buffer;
  random: () => number;
  considerOffer: ConsiderOffer;
  /** Saving records that come in files. */
  records: SaveRowsDeps;
};

export type Rounds = {
  worker: InboundWorker;
  /** Plans journeys and starts what is due. */
  ringJourneys(): void;
  webhooks: Round;
  imports: Round;
  deliverers: Deliverer[];
  /** The rules that they send by at this moment. */
  sendRules: () => SendRules;
  /** Every deliverer may have something to say. */
  ringDeliverers(): void;
  tick(): Promise<void>;
  /** Rings everything until a whole turn changes nothing; bounded, so that an endless script cannot hang its caller. */
  idle(): Promise<void>;
  /** Whom a provider keeps waiting past `tooLate` is left to its lease: the next process settles it as uncertain. */
  stop(tooLate: Promise<unknown>): Promise<void>;
};

const MOST_TURNS = 50;

/** Where the files of imports wait. */
export function importsDirOf({ dataDir }: Config): string {
  return join(dataDir, 'imports');
}

export function startRounds(deps: RoundsDeps): Rounds {
  const { db, clock, log, config, library } = deps;
  const rules = createSendRules(config, () => library.scripts().catalogue);
  const ladder = ladderDeps(deps);
  const deliverers = [...deps.channels.byName.values()].map((channel) =>
    createDeliverer({ db, channel, clock, rules, ladder, random: deps.random, log }),
  );
  const ringDeliverers = () => {
    for (const deliverer of deliverers) deliverer.ring();
  };
  const profiles = new Set<Promise<void>>();
  const policies = policyMemory(deps);
  const worker = startWorker(deps, { rules, ringDeliverers, profiles, policies });
  const webhooks = createWebhookDeliverer({ ...deps, rules: webhookRules(config) });
  const journeys = journeyRounds(deps, { rules, onEventsPushed: worker.ring });
  const imports = createImportRunner({ ...deps.records, db, log, importsDir: importsDirOf(config) });
  const inbox = createInboxRound({ ...deps, policies, onEventsPushed: worker.ring });
  const slow = [...slowRounds(deps), imports, webhooks, inbox, ...journeys];
  const all = [worker, ...deliverers, ...slow];
  const reading = createRound(once(library.refresh), warnOf(log, 'reading the flows'));
  let isStopped = false;
  let firing: Promise<unknown> | undefined;
  const tick = async () => {
    await deps.loaded;
    // Whoever was told to stop while the flows were read begins nothing.
    if (isStopped) return;
    // Not waited for: a changed file is checked for seconds, and nobody's message waits meanwhile.
    reading.ring();
    firing = fireTimers(db, clock.now());
    await firing;
    for (const round of all) round.ring();
  };
  return {
    worker,
    ringJourneys: () => {
      for (const round of journeys) round.ring();
    },
    webhooks,
    imports,
    deliverers,
    sendRules: rules,
    ringDeliverers,
    tick,
    idle: () => becomeIdle({ loaded: deps.loaded, reading, tick, rounds: all, profiles, db }),
    stop: async (tooLate) => {
      isStopped = true;
      library.stop();
      await worker.stop();
      const rest = [...[reading, ...deliverers, ...slow].map((round) => round.stop()), ...profiles];
      await Promise.race([Promise.allSettled([firing]), tooLate]);
      await Promise.race([Promise.all(rest), tooLate]);
    },
  };
}

function once(work: () => Promise<unknown>): () => Promise<boolean> {
  return async () => {
    await work();
    return false;
  };
}

function warnOf(log: Logger, name: string): (error: unknown) => void {
  return (error) => log.warn({ err: error }, `a round of ${name} failed`);
}

function policyMemory({ db, config, library }: RoundsDeps): PolicyMemory {
  return createPolicyMemory({ db, timeZone: config.timeZone, holidays: () => library.scripts().catalogue.holidays });
}

/** One count of what is spent for all channels of this process. */
function ladderDeps({ config, channels }: RoundsDeps) {
  return {
    spending: createSpending(config.timeZone),
    accounts: { zalo: channels.zalo?.accountId ?? null, email: channels.email?.accountId ?? null },
    labels: config.sending.advertisingLabel,
  };
}

function journeyRounds(
  deps: RoundsDeps,
  { rules, onEventsPushed }: { rules: () => SendRules; onEventsPushed: () => void },
): Round[] {
  const { db, clock, newId, library, log, considerOffer } = deps;
  const { timeZone, business, sending, careCaps } = deps.config;
  return createJourneyRounds({
    db,
    clock,
    newId,
    log,
    considerOffer,
    onEventsPushed,
    scripts: library.scripts,
    caps: { ...careCaps, advertisingPerDay: sending.advertisingPerDay },
    facts: { timeZone, business },
    quietHours: () => rules().quietHours,
  });
}

type WorkerParts = {
  rules: () => SendRules;
  ringDeliverers: () => void;
  /** Profiles that are being asked for. */
  profiles: Set<Promise<void>>;
  policies: PolicyMemory;
};

function startWorker(deps: RoundsDeps, { rules, ringDeliverers, profiles, policies }: WorkerParts): InboundWorker {
  const { db, clock, log, newId, library, config, channels } = deps;
  // The first turn of all knows the opening hours as well; what fails is read again by the next round of the inbox.
  const loaded = deps.loaded.then(async () => {
    await policies.read().catch(() => undefined);
  });
  const asking = { db, clock, channels: channels.byName, log, onFetched: () => worker.ring() };
  const fetchProfiles = createProfileFetcher(asking);
  const worker = createInboundWorker({
    db,
    clock,
    newId,
    library,
    log,
    loaded,
    tools: {
      newId,
      timeZone: config.timeZone,
      business: config.business,
      labelsChat: config.sending.advertisingLabel.chat,
      surveyGapMs: config.surveyGapDays * DAY_MS,
      // Read anew at every batch: holidays may change with the catalogue.
      get quietHours() {
        return rules().quietHours;
      },
      calendarUrl: (bookingId) => `${config.publicUrl}/calendar/${bookingId}.ics`,
      outOfHours: policies.outOfHours,
    },
    splitMessage: channels.split,
    onWorked: ringDeliverers,
    beforePlaying: (client, people, now) => silenceNewcomers(deps, client, people, now),
    linkIdentity: (client, wish) => linkIdentity({ newId, linkKey: deps.secretKey }, client, wish),
    onProfilesWanted: (wishes) => {
      const work = fetchProfiles(wishes).finally(() => profiles.delete(work));
      profiles.add(work);
    },
  });
  return worker;
}

/** Slow by nature, so that they must not hold up the second hand. */
function slowRounds({ db, clock, log, config, channels, library, sandboxUrl }: RoundsDeps): Round[] {
  const warn = (name: string) => warnOf(log, name);
  const settling = createRound(async () => {
    await Promise.all([...channels.byName.values()].map((channel) => settleMessages({ db, channel, clock, log })));
    return false;
  }, warn('settling'));
  const allowedOrigins = sandboxUrl === null ? [] : [new URL(sandboxUrl).origin];
  const mediaDir = join(config.dataDir, 'media');
  const media = createRound(
    async () => (await runMediaFetcher({ db, clock, log, mediaDir, allowedOrigins })) > 0,
    warn('media'),
  );
  const expiry = createRound(createExpiry({ db, clock }), warn('expiry'));
  const offers = () => library.scripts().catalogue;
  const closing = createRound(createOfferCloser({ db, clock, offers }), warn('closing offers'));
  const months = createRound(once(createMonthKeeper({ db, clock, log })), warn('the ledger'));
  return [settling, media, expiry, closing, months];
}

async function becomeIdle(parts: {
  loaded: Promise<void>;
  reading: Round;
  tick: () => Promise<void>;
  rounds: Round[];
  profiles: Set<Promise<void>>;
  db: Database;
}): Promise<void> {
  await parts.loaded;
  // First, so that what is played now is played with the files as they are now.
  parts.reading.ring();
  await parts.reading.idle();
  for (let turn = 0, before = await stateOf(parts.db); turn < MOST_TURNS; turn += 1) {
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
       (SELECT count(*) FROM journey_signals), ' ',
       (SELECT count(*) FROM outbound_messages WHERE status IN ('queued', 'sending'))) AS state`,
  );
  return rows[0]?.state ?? '';
}
