// One program between two strangers: stubs of both providers, a database and a folder of its own, all swept up at the end.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '../test-database.ts';
import { type ProgramProcess, startProcess, startReady } from './program-process.ts';
import { type ProviderStub, startGraphStub, startZaloStub, type ZaloStub } from './provider-stub.ts';
import { environmentFor } from './webhook.ts';

export type OutsideWorld = {
  zalo: ZaloStub;
  graph: ProviderStub;
  db: Awaited<ReturnType<typeof createTestDatabase>>;
  env: Record<string, string>;
  /** Another process of the same program; ended by `close`. */
  start(more?: Record<string, string>, options?: { wait?: boolean }): Promise<ProgramProcess>;
  close(): Promise<void>;
};

/** The programs go by the machine's clock: whether the tests run by night must not change what is said. */
const ALWAYS_OPEN = `
INSERT INTO settings (name, value, updated_by, updated_at)
SELECT 'business_hours', jsonb_object_agg(day, '[{"from": "00:00", "to": "24:00"}]'::jsonb), 'tests', now()
FROM unnest(ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) AS day`;

export async function openWorld(
  options: { isExpired?: boolean; databaseUrl?: (url: string) => string } = {},
): Promise<OutsideWorld> {
  const db = await createTestDatabase();
  await db.pool.query(ALWAYS_OPEN);
  const dataDir = await mkdtemp(join(tmpdir(), 'ganbo-outside-'));
  const zalo = await startZaloStub(options);
  const graph = await startGraphStub();
  const databaseUrl = options.databaseUrl?.(db.url) ?? db.url;
  const env = environmentFor({ databaseUrl, dataDir, zalo, graph });
  const programs: ProgramProcess[] = [];
  return {
    zalo,
    graph,
    db,
    env,
    start: async (more = {}, { wait = true } = {}) => {
      const program = await (wait ? startReady : startProcess)({ ...env, ...more });
      programs.push(program);
      return program;
    },
    close: async () => {
      await Promise.all(programs.map((program) => program.stop()));
      await Promise.all([zalo.close(), graph.close(), db.close()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One number out of Prometheus text; null when the line is missing. */
export function metricOf(text: string, name: string): number | null {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
}
