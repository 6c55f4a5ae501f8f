// The metronome: each process rings its own workers; who does the work is decided by locks in the database.
import { schedule } from 'node-cron';
import type { Logger } from 'pino';
import { createRound } from './round.ts';

type Ringable = { tick(): Promise<void>; tickMinute(): Promise<void> };

/** Rings `tick` each second and `tickMinute` each minute, never twice at once; gives the function that stops it. */
export function startMetronome(program: Ringable, log: Logger): () => void {
  // The database is away, mostly; the next ring tries again.
  const warn = (error: unknown) =>
    log.warn({ err: error instanceof Error ? error.message : error }, 'a round of the metronome failed');
  const once = (ring: () => Promise<void>) => async () => {
    await ring();
    return false;
  };
  const second = createRound(
    once(() => program.tick()),
    warn,
  );
  const minute = createRound(
    once(() => program.tickMinute()),
    warn,
  );
  const options = { suppressMissedWarning: true };
  const tasks = [schedule('* * * * * *', second.ring, options), schedule('* * * * *', minute.ring, options)];
  return () => {
    for (const task of tasks) void task.destroy();
  };
}
