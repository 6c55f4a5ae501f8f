// The way down: the first signal finishes what is under way, further ones are ignored meanwhile (npm and terminals send
// them twice), and nothing holds the process longer than its grace.
import type { Logger } from 'pino';

/** Exits with 0 when `stop` is done, with 1 when it failed or took longer than `graceMs`. */
export function stopGracefully(stop: () => Promise<void>, { graceMs, log }: { graceMs: number; log: Logger }): void {
  let isStopping = false;
  const end = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), graceMs).unref();
    try {
      await stop();
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, 'the way down failed');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(signal));
}
