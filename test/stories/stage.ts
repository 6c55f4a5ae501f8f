// The stage of the stories: the whole program on a real database, the pretend providers over real HTTP, time by hand.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { createManualClock, DAY_MS, HOUR_MS, MINUTE_MS, type MovableClock, SECOND_MS } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { Database } from '../../src/database.ts';
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
  /** The one that runs now. */
  readonly program: Program;
  clock: MovableClock;
  db: Awaited<ReturnType<typeof createTestDatabase>>;
  readonly address: string;
  /** Lets everything happen that can happen at this moment. */
  settle(): Promise<void>;
  /** Lets time pass: stops at every moment at which something is due, and lets it happen. */
  pass(span: Span): Promise<void>;
  /** The program is off while the days go by, and another one starts on the same database. */
  outage(span: Span): Promise<void>;
  /** The program goes, and another one takes its place at once. */
  restart(): Promise<void>;
  /** Where the program keeps files. */
  dataDir: string;
  /** What its hashes are made with. */
  secretKey: Buffer;
  /** Calls the REST API as an integrator; a text is sent as a CSV file. */
  api(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
};

/** Monday, 10:00 in Vietnam. */
export const MONDAY_MORNING = new Date('2026-11-23T03:00:00Z');

export type StageOptions = {
  start?: Date;
  flowsDir?: string;
  /** Further settings, as in .env. */
  env?: Record<string, string>;
  log?: Logger;
  /** What each program gets instead of the bare database: something that breaks when told. */
  lend?: (db: Database) => Database;
  webhookRetryAfterMs?: readonly number[];
};

export async function openStage({
  start = MONDAY_MORNING,
  flowsDir = join(root, 'flows'),
  env = {},
  log = pino({ level: 'silent' }),
  lend = (db) => db,
  webhookRetryAfterMs = [20, 50, 100],
}: StageOptions = {}): Promise<Stage> {
  const db = await createTestDatabase();
  // Stories are about what is said, not about surviving a power cut: no wait for the disk at each commit.
  await db.pool.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`,
  );
  const dataDir = await mkdtemp(join(tmpdir(), 'ganbo-story-'));
  const clock = createManualClock(start);
  const webhookUrls = { zalo: '', messenger: '' };
  const sandbox = await startSandbox({ port: 0, clock, webhookUrls, log, random: randomBytes, webhookRetryAfterMs });
  const settings = { DATA_DIR: dataDir, FLOWS_DIR: flowsDir, API_KEY, SANDBOX: 'on', BUSINESS_NAME: 'Gắn Bó Demo' };
  const secretKey = randomBytes(32);
  const begin = async () => {
    const read = readConfig({ ...settings, ...env }, root);
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
    const config = withSandbox(read.config, sandbox);
    const started = await startProgram({ config, db: lend(db), clock, log, secretKey, sandboxUrl: sandbox.url });
    const where = await started.app.listen({ host: '127.0.0.1', port: 0 });
    Object.assign(sandbox.webhookUrls, { zalo: `${where}/webhooks/zalo`, messenger: `${where}/webhooks/messenger` });
    return { program: started, address: where };
  };
  let now = await begin();
  const settle = () => settleProgram(sandbox, () => now.program);
  await settle();
  const restart = async () => {
    await now.program.stop();
    now = await begin();
  };
  return {
    sandbox,
    get program() {
      return now.program;
    },
    clock,
    db,
    get address() {
      return now.address;
    },
    settle,
    restart,
    dataDir,
    secretKey,
    pass: (span) =>
      passTime({ sandbox, clock, db, settle, program: () => now.program }, clock.now().getTime() + msOf(span)),
    outage: async (span) => {
      await now.program.stop();
      sandbox.advanceClock(msOf(span));
      now = await begin();
      await settle();
    },
    api: (method, path, body) => callApi(`${now.address}${path}`, method, body),
    close: async () => {
      await sandbox.close();
      await now.program.stop();
      await db.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function settleProgram(sandbox: Sandbox, program: () => Program): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await sandbox.settled();
    // Each call and each webhook is a line of the sandbox's journal.
    const before = sandbox.journal.at(-1)?.number ?? 0;
    await program().idle();
    await sandbox.settled();
    if (before === (sandbox.journal.at(-1)?.number ?? 0)) return;
  }
}

async function callApi(url: string, method: string, body?: unknown): Promise<Answer> {
  const authorization = `Bearer ${API_KEY}`;
  const type = typeof body === 'string' ? 'text/csv' : 'application/json';
  const response = await fetch(url, {
    method,
    headers: body === undefined ? { authorization } : { authorization, 'content-type': type },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

export type Span = { days?: number; hours?: number; minutes?: number; seconds?: number };

function msOf({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Span): number {
  return days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}

type Passing = Pick<Stage, 'sandbox' | 'clock' | 'db' | 'settle'> & { program: () => Program };

async function passTime({ sandbox, clock, db, settle, program }: Passing, until: number): Promise<void> {
  for (let now = clock.now().getTime(); now < until; now = clock.now().getTime()) {
    const next = Math.min((await nextMoment(db, now)) ?? until, until);
    sandbox.advanceClock(next - now);
    // The work of the minute (tokens, deadlines of the law, retention) is seen to at least once a day.
    if (Math.floor(next / DAY_MS) > Math.floor(now / DAY_MS)) await program().tickMinute();
    await settle();
  }
}

const NEXT_MOMENT = `
SELECT min(at) AS at FROM (
  SELECT due_at AS at FROM timers UNION ALL
  SELECT due_at FROM enrolment_steps WHERE status = 'planned' UNION ALL
  SELECT expires_at FROM subscriptions WHERE status IN ('active', 'trial') UNION ALL
  SELECT deadline_at FROM offer_issues WHERE state IN ('eligible', 'sent', 'later') UNION ALL
  SELECT next_attempt_at FROM outgoing_deliveries WHERE status = 'waiting' UNION ALL
  SELECT available_at FROM inbound_queue WHERE parked_at IS NULL UNION ALL
  SELECT available_at FROM outbound_messages WHERE status IN ('queued', 'uncertain') UNION ALL
  -- Looked at no oftener than Meta allows: what is still due comes in a later second.
  SELECT $1::timestamptz + interval '1.1 seconds' WHERE EXISTS (
    SELECT 1 FROM outbound_messages WHERE status = 'uncertain' AND available_at <= $1) UNION ALL
  SELECT next_attempt_at FROM media WHERE status = 'wanted') AS due
WHERE at > $1`;

/** The next moment at which the program has something to do, ms since the epoch. */
async function nextMoment(db: Stage['db'], now: number): Promise<number | null> {
  const { rows } = await db.pool.query<{ at: Date | null }>(NEXT_MOMENT, [new Date(now)]);
  return rows[0]?.at?.getTime() ?? null;
}
