// The stage of the stories: the whole program on a real database, the pretend providers over real HTTP, time by hand.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { createManualClock, DAY_MS, HOUR_MS, MINUTE_MS, type MovableClock, SECOND_MS } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { withSandbox } from '../../src/sandbox/configure-sandbox.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { type Program, startProgram } from '../../src/start-program.ts';
import { createTestDatabase } from '../test-database.ts';

export const API_KEY = 'a-key-for-stories';
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What REST answered; `body` is whatever JSON it was. */
export type Answer = { status: number; body: Record<string, unknown> };

export type Stage = {
  sandbox: Sandbox;
  program: Program;
  clock: MovableClock;
  db: Awaited<ReturnType<typeof createTestDatabase>>;
  address: string;
  /** Lets everything happen that can happen at this moment. */
  settle(): Promise<void>;
  /** Lets time pass: stops at every moment at which something is due, and lets it happen. */
  pass(span: { days?: number; hours?: number; minutes?: number; seconds?: number }): Promise<void>;
  /** Where the program keeps files. */
  dataDir: string;
  /** Calls the REST API as an integrator. */
  api(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
};

/** Monday, 10:00 in Vietnam. */
export const MONDAY_MORNING = new Date('2026-11-23T03:00:00Z');

/** `env`: further settings, as in .env. */
export async function openStage({
  start = MONDAY_MORNING,
  flowsDir = join(root, 'flows'),
  env = {},
  log = pino({ level: 'silent' }),
}: {
  start?: Date;
  flowsDir?: string;
  env?: Record<string, string>;
  log?: Logger;
} = {}): Promise<Stage> {
  const db = await createTestDatabase();
  // Stories are about what is said, not about surviving a power cut: no wait for the disk at each commit.
  await db.pool.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`,
  );
  const dataDir = await mkdtemp(join(tmpdir(), 'ganbo-story-'));
  const clock = createManualClock(start);
  const sandbox = await startSandbox({
    port: 0,
    clock,
    webhookUrls: { zalo: '', messenger: '' },
    log,
    random: randomBytes,
    webhookRetryAfterMs: [20, 50, 100],
  });
  const read = readConfig(
    { DATA_DIR: dataDir, FLOWS_DIR: flowsDir, API_KEY, SANDBOX: 'on', BUSINESS_NAME: 'Gắn Bó Demo', ...env },
    root,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  const program = await startProgram({
    config: withSandbox(read.config, sandbox),
    db,
    clock,
    log,
    secretKey: randomBytes(32),
    sandboxUrl: sandbox.url,
  });
  const address = await program.app.listen({ host: '127.0.0.1', port: 0 });
  Object.assign(sandbox.webhookUrls, { zalo: `${address}/webhooks/zalo`, messenger: `${address}/webhooks/messenger` });

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) {
      await sandbox.settled();
      // Each call and each webhook is a line of the sandbox's journal.
      const before = sandbox.journal.at(-1)?.number ?? 0;
      await program.idle();
      await sandbox.settled();
      if (before === (sandbox.journal.at(-1)?.number ?? 0)) return;
    }
  };
  await settle();
  return {
    sandbox,
    program,
    clock,
    db,
    address,
    settle,
    dataDir,
    pass: async ({ days = 0, hours = 0, minutes = 0, seconds = 0 }) => {
      const until = clock.now().getTime() + days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
      for (let now = clock.now().getTime(); now < until; now = clock.now().getTime()) {
        const next = await nextMoment(db, now);
        sandbox.advanceClock(Math.min(next ?? until, until) - now);
        await settle();
      }
    },
    api: async (method, path, body) => {
      const response = await fetch(`${address}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${API_KEY}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
    close: async () => {
      await sandbox.close();
      await program.stop();
      await db.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const NEXT_MOMENT = `
SELECT min(at) AS at FROM (
  SELECT due_at AS at FROM timers UNION ALL
  SELECT due_at FROM enrolment_steps WHERE status = 'planned' UNION ALL
  SELECT available_at FROM inbound_queue WHERE parked_at IS NULL UNION ALL
  SELECT available_at FROM outbound_messages WHERE status IN ('queued', 'uncertain') UNION ALL
  SELECT next_attempt_at FROM media WHERE status = 'wanted') AS due
WHERE at > $1`;

/** The next moment at which the program has something to do, ms since the epoch. */
async function nextMoment(db: Stage['db'], now: number): Promise<number | null> {
  const { rows } = await db.pool.query<{ at: Date | null }>(NEXT_MOMENT, [new Date(now)]);
  return rows[0]?.at?.getTime() ?? null;
}
