// The metronome: each process rings its own workers; who does the work is decided by locks in the database.
import { schedule } from 'node-cron';
import type { Logger } from 'pino';

type Ringable = { tick(): Promise<void>; tickMinute(): Promise<void> };

/** Rings `tick` each second and `tickMinute` each minute, never twice at once; gives the function that stops it. */
export function startMetronome(program: Ringable, log: Logger): () => void {
  const quietly = (name: string, ring: () => Promise<void>) => async () => {
    try {
      await ring();
    } catch (error) {
      // The database is away, mostly; the next ring tries again.
      log.warn({ err: error instanceof Error ? error.message : error, name }, 'a round of the metronome failed');
    }
  };
  const options = { noOverlap: true, suppressMissedWarning: true };
  const second = schedule(
    '* * * * * *',
    quietly('tick', () => program.tick()),
    { ...options, name: 'second' },
  );
  const minute = schedule(
    '* * * * *',
    quietly('tickMinute', () => program.tickMinute()),
    { ...options, name: 'minute' },
  );
  return () => {
    void second.destroy();
    void minute.destroy();
  };
}
