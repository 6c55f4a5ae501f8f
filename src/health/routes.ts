// Is the process alive, can it commit, and what do its numbers say.
import type { FastifyInstance } from 'fastify';
import type { Database } from '../database.ts';
import { withDeadline } from '../deadline.ts';
import { formatProblem, type Problem } from '../flows/problem.ts';
import { type Hold, readHold } from '../postgres/held-after-restore.ts';
import type { Metrics } from './metrics.ts';

export type HealthDeps = {
  db: Database;
  metrics: Metrics;
  /** Whether the flows are read: before that events are accepted and nothing is answered. */
  isLoaded: () => boolean;
  flowProblems: () => readonly Problem[];
  activeFlows: () => string[];
  /** channel → null when well, else what is wrong. */
  channels: () => Record<string, string | null>;
};

/** A database that takes longer is not one to send people's messages to. */
const LONGEST_WAIT_MS = 2_000;

export async function registerHealth(app: FastifyInstance, deps: HealthDeps): Promise<void> {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const mayCommit = await canCommit(deps.db);
    const isReady = mayCommit && deps.isLoaded();
    const hold = mayCommit ? await readHold(deps.db.pool).catch(() => null) : null;
    if (!isReady) reply.code(503).header('retry-after', '1');
    return {
      status: isReady ? 'ready' : mayCommit ? 'starting' : 'unavailable',
      database: mayCommit ? 'ok' : 'The database cannot commit now.',
      channels: deps.channels(),
      ...(hold && { restored: wordsOf(hold) }),
      flows: { active: deps.activeFlows(), problems: deps.flowProblems().map(formatProblem) },
    };
  });
  app.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await deps.metrics.show();
    await reply.type(contentType).send(text);
  });
}

function wordsOf({ backupAt, restoredAt }: Hold): string {
  const times = `${backupAt.toISOString()} (restored ${restoredAt.toISOString()})`;
  return `The data are from a backup of ${times}. What may have been sent since is held for a person: look at what is parked, then npm run db:restore -- --release.`;
}

/** A read-only standby answers queries and accepts nothing. */
async function canCommit(db: Database): Promise<boolean> {
  try {
    const asked = db.pool.query<{ ok: boolean }>(
      `SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS ok`,
    );
    const { rows } = await withDeadline(asked, LONGEST_WAIT_MS, () => new Error('No answer in time.'));
    return rows[0]?.ok === true;
  } catch {
    return false;
  }
}
