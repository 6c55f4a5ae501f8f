// The whole program and the pretend providers, with a clock that stands in the past: what is told here happens as it would
// have happened, through webhooks, REST and the inbox, until the present is reached.
import { randomBytes } from 'node:crypto';
import { createManualClock, DAY_MS, HOUR_MS, MINUTE_MS, type MovableClock, systemClock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import type { Database } from '../../src/database.ts';
import { createLog } from '../../src/log.ts';
import { withSandbox } from '../../src/sandbox/configure-sandbox.ts';
import { keepState } from '../../src/sandbox/keep-state.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { loadSecretKey } from '../../src/secrets.ts';
import { type Program, startProgram } from '../../src/start-program.ts';
import { readSandboxState, sandboxStatePath } from '../refuse-real-database.ts';
import { type Caller, createCaller } from './call-program.ts';
import { nextMoment } from './next-moment.ts';

const VIETNAM_MS = 7 * HOUR_MS;

export type SeedWorld = Caller & {
  sandbox: Sandbox;
  db: Database;
  /** Where the clock stands in the story. */
  now(): Date;
  /** Lets time pass until so many days before the present, at this time of the clock in Vietnam. */
  until(daysAgo: number, time: string): Promise<void>;
  untilMinutesAgo(minutes: number): Promise<void>;
  /** Lets everything happen that can happen at this moment. */
  settle(): Promise<void>;
  /** The story ends: the clock stands where the machine's does. */
  reachPresent(): Promise<void>;
  /** Stops the program and gives the sandbox its own clock back. */
  close(): Promise<void>;
};

type Deps = { config: Config; db: Database; days: number };

export async function openSeedWorld({ config, db, days }: Deps): Promise<SeedWorld> {
  const statePath = sandboxStatePath(config.dataDir);
  const { clockOffsetMs } = readSandboxState(config.dataDir);
  const present = () => systemClock.now().getTime() + clockOffsetMs;
  const start = present() - days * DAY_MS;
  const clock = createManualClock(new Date(start - clockOffsetMs));
  const log = createLog('error');
  const webhookUrls = { zalo: '', messenger: '' };
  const sandbox = await startSandbox({ port: 0, clock, webhookUrls, log, random: randomBytes, statePath });
  const apiKey = randomBytes(24).toString('base64url');
  // Nobody is written to outside: the addresses are invented.
  const settings = { ...withSandbox(config, sandbox), email: null, apiKey };
  const secretKey = await loadSecretKey(config.secretKey, config.dataDir);
  const program = await startProgram({ config: settings, db, clock, log, secretKey, sandboxUrl: sandbox.url });
  const address = await program.app.listen({ host: '127.0.0.1', port: 0 });
  Object.assign(sandbox.webhookUrls, { zalo: `${address}/webhooks/zalo`, messenger: `${address}/webhooks/messenger` });
  await program.loaded;
  const settle = () => settleProgram(sandbox, program);
  const pass = (target: number) => passUntil({ sandbox, program, clock, db, settle }, target);
  return {
    ...createCaller(address, { apiKey, now: clock.now, settle }),
    sandbox,
    db,
    now: clock.now,
    settle,
    until: (daysAgo, time) => pass(momentOf(present(), daysAgo, time)),
    untilMinutesAgo: (minutes) => pass(present() - minutes * MINUTE_MS),
    reachPresent: async () => {
      await pass(present());
      await settle();
    },
    close: async () => {
      await program.stop();
      await sandbox.close();
      keepState(statePath, { ...readSandboxState(config.dataDir), clockOffsetMs }).saveNow();
    },
  };
}

function momentOf(present: number, daysAgo: number, time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const midnight = Math.floor((present + VIETNAM_MS) / DAY_MS) * DAY_MS - VIETNAM_MS;
  return midnight - daysAgo * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS;
}

async function settleProgram(sandbox: Sandbox, program: Program): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await sandbox.settled();
    const before = sandbox.journal.at(-1)?.number ?? 0;
    await program.idle();
    await sandbox.settled();
    if (before === (sandbox.journal.at(-1)?.number ?? 0)) return;
  }
}

type Passing = { sandbox: Sandbox; program: Program; clock: MovableClock; db: Database; settle(): Promise<void> };

/** Stops at every moment at which something is due; a moment that is over already is now. */
async function passUntil({ sandbox, program, clock, db, settle }: Passing, target: number): Promise<void> {
  for (let now = clock.now().getTime(); now < target; now = clock.now().getTime()) {
    const next = Math.min((await nextMoment(db, new Date(now)))?.getTime() ?? target, target);
    sandbox.advanceClock(next - now);
    // Tokens and deadlines are seen to at least once a day.
    if (Math.floor(next / DAY_MS) > Math.floor(now / DAY_MS)) await program.tickMinute();
    await settle();
  }
}
