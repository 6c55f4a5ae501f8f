// The stage of the stories: the whole program on a real database, the pretend providers over real HTTP, time by hand.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { createManualClock, DAY_MS, HOUR_MS, type MovableClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { withSandbox } from '../../src/sandbox/configure-sandbox.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { type Program, startProgram } from '../../src/start-program.ts';
import { createTestDatabase } from '../test-database.ts';

export const API_KEY = 'a-key-for-stories';
const root = fileURLToPath(new URL('../..', import.meta.url));

export type Stage = {
  sandbox: Sandbox;
  program: Program;
  clock: MovableClock;
  db: Awaited<ReturnType<typeof createTestDatabase>>;
  address: string;
  /** Lets everything happen that can happen at this moment. */
  settle(): Promise<void>;
  /** Moves time in hops of at most an hour, and lets things happen at each. */
  pass(span: { days?: number; hours?: number; minutes?: number }): Promise<void>;
  /** Calls the REST API as an integrator. */
  api(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: any }>;
  close(): Promise<void>;
};

/** Monday, 10:00 in Vietnam. */
export const MONDAY_MORNING = new Date('2026-11-23T03:00:00Z');

export async function openStage({ start = MONDAY_MORNING, flowsDir = join(root, 'flows') } = {}): Promise<Stage> {
  const db = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'ganbo-story-'));
  const clock = createManualClock(start);
  const log = pino({ level: process.env.STORY_LOG ?? 'silent' });
  const sandbox = await startSandbox({
    port: 0,
    clock,
    webhookUrls: { zalo: '', messenger: '' },
    log,
    random: randomBytes,
    webhookRetryAfterMs: [20, 50, 100],
  });
  const read = readConfig(
    { DATA_DIR: dataDir, FLOWS_DIR: flowsDir, API_KEY, SANDBOX: 'on', BUSINESS_NAME: 'Gắn Bó Demo' },
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
    for (let turn = 0, before = -1; turn < 20; turn += 1) {
      await sandbox.settled();
      await program.idle();
      await sandbox.settled();
      const { rows } = await db.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM touchpoints');
      if (rows[0]?.n === before) return;
      before = rows[0]?.n ?? 0;
    }
  };
  return {
    sandbox,
    program,
    clock,
    db,
    address,
    settle,
    pass: async ({ days = 0, hours = 0, minutes = 0 }) => {
      let left = days * DAY_MS + hours * HOUR_MS + minutes * 60_000;
      while (left > 0) {
        const hop = Math.min(left, HOUR_MS);
        sandbox.advanceClock(hop);
        left -= hop;
        await program.idle();
      }
      await settle();
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
