// A way into the program for storms: the same life as run.ts, over a database that tells when a boundary is crossed. The
// file STORM_FILE says at which one to die, SIGUSR2 makes it stand still before the next message is said, and at SIGWINCH its
// clock jumps by up to a minute, at SIGPIPE back to the right time.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Clock, MINUTE_MS, systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database.ts';
import type { AtBoundary } from '../../src/durable-boundaries.ts';
import { createLog } from '../../src/log.ts';
import { startMetronome } from '../../src/metronome.ts';
import { loadSecretKey } from '../../src/secrets.ts';
import { startProgram } from '../../src/start-program.ts';
import { stopGracefully } from '../../src/stop-gracefully.ts';

/** As it stands in STORM_FILE: the n-th crossing, from 1. */
export type LastCrossing = { boundary: string; phase: string; nth: number };

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = readConfig(process.env, root);
if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
const { config } = read;
const log = createLog(config.logLevel);
const db = openDatabase({ url: config.databaseUrl ?? '', onPoolError: () => undefined, atBoundary: watch() });
const secretKey = await loadSecretKey(config.secretKey, config.dataDir);
const program = await startProgram({ config, db, clock: jumpingClock(), log, secretKey, sandboxUrl: null });
await program.app.listen({ host: config.host, port: config.port });
const stopMetronome = startMetronome(program, log);
const stop = async () => {
  stopMetronome();
  await program.stop();
  await db.close();
};
stopGracefully(stop, { graceMs: 10_000, log });
await program.tickMinute();

function jumpingClock(): Clock {
  let aheadMs = 0;
  process.on('SIGWINCH', () => {
    aheadMs = (Math.random() * 2 - 1) * MINUTE_MS;
  });
  process.on('SIGPIPE', () => {
    aheadMs = 0;
  });
  return { now: () => new Date(systemClock.now().getTime() + aheadMs) };
}

function watch(): AtBoundary {
  const last = readLast();
  let crossed = 0;
  let standsStillNext = false;
  process.on('SIGUSR2', () => {
    standsStillNext = true;
  });
  return (boundary, phase) => {
    if (standsStillNext && boundary === 'send-message' && phase === 'before') {
      standsStillNext = false;
      process.kill(process.pid, 'SIGSTOP');
    }
    if (boundary !== last?.boundary || phase !== last.phase) return;
    crossed += 1;
    if (crossed === last.nth) process.kill(process.pid, 'SIGKILL');
  };
}

function readLast(): LastCrossing | null {
  const file = process.env.STORM_FILE;
  return file === undefined ? null : JSON.parse(readFileSync(file, 'utf8'));
}
