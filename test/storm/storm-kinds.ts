// What happens in each storm: how many processes there are, and what is done to them until it is over.
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DurableBoundary } from '../../src/durable-boundaries.ts';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import type { LossyWire } from './lossy-wire.ts';
import type { StormProcess } from './storm-process.ts';
import type { StormServer } from './storm-server.ts';
import type { StormWorld } from './storm-world.ts';

const STORM_MAIN = fileURLToPath(new URL('./storm-main.ts', import.meta.url));

export type StormStage = { world: StormWorld; server: StormServer; wire: LossyWire };

export type StormKind = {
  what: string;
  processes: number;
  /** Messages a second; unset = as many as are taken. */
  perSecond?: number;
  /** No answer but 2xx may come from a process that listens. */
  refusesErrors?: boolean;
  /** Another way in than the program's own. */
  main?: string;
  /** Goes on until `world.isOver`. */
  rage(stage: StormStage): Promise<void>;
};

export const stormKinds = {
  'kill-one': { what: 'one process, killed 2–3 s after it was ready', processes: 1, rage: killAtRandom },
  'kill-two': { what: 'two processes, killed independently', processes: 2, rage: killAtRandom },
  'kill-four': { what: 'four processes, killed independently', processes: 4, rage: killAtRandom },
  'server-immediate': {
    what: 'PostgreSQL restarted (immediate) every 5–10 s',
    processes: 2,
    rage: (stage) => restartServer(stage, 'SIGQUIT'),
  },
  'server-killed': {
    what: 'the postmaster killed every 5–10 s',
    processes: 2,
    rage: (stage) => restartServer(stage, 'SIGKILL'),
  },
  'both-killed': { what: 'server and program killed together, or the program alone', processes: 1, rage: killBoth },
  terminate: { what: 'pg_terminate_backend of a random session every 200 ms', processes: 2, rage: terminateSessions },
  'commit-lost': { what: 'every 20th answer to COMMIT lost', processes: 2, rage: loseCommits },
  'half-open': { what: 'connections to the database fall silent for 5 s', processes: 2, rage: fallSilent },
  'database-away': { what: 'the database away for 60 s', processes: 2, rage: serverAway },
  rolling: {
    what: 'SIGTERM and start anew, one after the other',
    processes: 2,
    perSecond: 100,
    refusesErrors: true,
    rage: roll,
  },
  'crash-points': {
    what: 'killed at each boundary that messages cross, before and after it',
    processes: 1,
    main: STORM_MAIN,
    rage: dieAtBoundaries,
  },
  'stands-still': {
    what: 'a process stands still between taking a message and saying it, for 100 s',
    processes: 2,
    main: STORM_MAIN,
    perSecond: 20,
    rage: standStill,
  },
  'clock-jumps': {
    what: 'the clock of one of two processes jumps by up to a minute, every second',
    processes: 2,
    main: STORM_MAIN,
    perSecond: 60,
    rage: jumpClocks,
  },
  faults: { what: 'provider faults of eight kinds, 5 % each, and a kill every 10 s', processes: 2, rage: misbehave },
} satisfies Record<string, StormKind>;

export type StormName = keyof typeof stormKinds;

async function killAtRandom({ world }: StormStage): Promise<void> {
  await Promise.all(world.processes.map((one) => killAgainAndAgain(world, one, () => 2_000 + world.chance() * 1_000)));
}

async function killAgainAndAgain(world: StormWorld, one: StormProcess, pause: () => number): Promise<void> {
  while (!world.isOver) {
    await pauseFor(world, pause());
    if (world.isOver) return;
    await one.kill();
    world.seen.kills += 1;
    await one.startReady();
  }
}

async function restartServer({ world, server }: StormStage, signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
  while (!world.isOver) {
    await pauseFor(world, 5_000 + world.chance() * 5_000);
    if (world.isOver) return;
    await server.end(signal);
    world.seen.kills += 1;
    await server.start();
  }
}

async function killBoth({ world, server }: StormStage): Promise<void> {
  while (!world.isOver) {
    await pauseFor(world, 2_000 + world.chance() * 2_000);
    if (world.isOver) return;
    const isServerToo = world.chance() < 0.5;
    await Promise.all([...world.processes.map((one) => one.kill()), isServerToo ? server.end('SIGKILL') : null]);
    world.seen.kills += 1;
    if (isServerToo) await server.start();
    await Promise.all(world.processes.map((one) => one.startReady()));
  }
}

const TERMINATE = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ganbo' ORDER BY random() LIMIT 1`;

async function terminateSessions({ world }: StormStage): Promise<void> {
  while (!world.isOver) {
    await wait(200);
    const { rowCount } = await world.pool.query(TERMINATE).catch(() => ({ rowCount: 0 }));
    world.seen.kills += rowCount ?? 0;
  }
}

async function loseCommits({ world, wire }: StormStage): Promise<void> {
  wire.loseCommits(() => world.chance() < 0.05);
  while (!world.isOver) await wait(100);
  wire.loseCommits(() => false);
  world.seen.kills = wire.lost();
}

async function fallSilent({ world, wire }: StormStage): Promise<void> {
  while (!world.isOver) {
    await pauseFor(world, 5_000);
    if (world.isOver) return;
    wire.silence(true);
    world.seen.kills += 1;
    await wait(5_000);
    wire.silence(false);
  }
}

async function serverAway({ world, server }: StormStage): Promise<void> {
  await wait(3_000);
  await server.end('SIGQUIT');
  world.seen.kills += 1;
  await wait(60_000);
  await server.start();
  while (!world.isOver) await wait(100);
}

async function roll({ world }: StormStage): Promise<void> {
  for (let turn = 0; !world.isOver; turn += 1) {
    const one = world.processes[turn % world.processes.length];
    await pauseFor(world, 1_000);
    if (world.isOver || !one) return;
    await one.stop();
    world.seen.kills += 1;
    await one.startReady();
  }
}

const FAULTS: FaultKind[] = [
  'http500',
  'rate_limit',
  'reset',
  'drop_answer',
  'stall',
  'bad_json',
  'echo_late',
  'echo_never',
];

async function misbehave({ world }: StormStage): Promise<void> {
  for (const channel of ['zalo', 'messenger'] as const) {
    for (const kind of FAULTS) {
      const ms = kind === 'stall' ? 18_000 : kind === 'rate_limit' ? 1_000 : 500;
      world.sandbox.setFault({ channel, kind, rate: 0.05, ms });
    }
  }
  await Promise.all(world.processes.map((one) => killAgainAndAgain(world, one, () => 8_000 + world.chance() * 4_000)));
  world.sandbox.clearFaults();
}

const ON_THE_WAY: readonly DurableBoundary[] = [
  'keep-and-play',
  'keep-and-queue',
  'process-events',
  'claim-messages',
  'send-message',
  'save-results',
  'save-profile',
  'plan-customers',
  'lease-ran-out',
  'settle-as-sent',
  'settle-by-history',
  'fire-timers',
];

/** One after the other, each some crossings after the start; one that is not come to within 20 s is left. */
async function dieAtBoundaries({ world }: StormStage): Promise<void> {
  const [one] = world.processes;
  if (!one) return;
  const points = ON_THE_WAY.flatMap((boundary) => (['before', 'after'] as const).map((phase) => ({ boundary, phase })));
  for (let turn = 0; !world.isOver; turn += 1) {
    const point = points[turn % points.length];
    await one.kill();
    await writeFile(world.stormFile, JSON.stringify({ ...point, nth: 1 + Math.floor(world.chance() * 10) }));
    await one.startReady();
    const isDead = await Promise.race([one.gone().then(() => true), pauseFor(world, 20_000)]);
    if (isDead === true) world.seen.kills += 1;
  }
  await one.kill();
  await writeFile(world.stormFile, 'null');
  await one.startReady();
}

const STILL_MS = 100_000;

async function standStill({ world }: StormStage): Promise<void> {
  for (let turn = 0; !world.isOver; turn += 1) {
    const one = world.processes[turn % world.processes.length];
    await pauseFor(world, 5_000);
    if (world.isOver || !one) return;
    one.signal('SIGUSR2');
    world.seen.kills += 1;
    // Longer than a lease and until its messages were said by the other one.
    await wait(STILL_MS);
    one.signal('SIGCONT');
  }
}

async function jumpClocks({ world }: StormStage): Promise<void> {
  while (!world.isOver) {
    await pauseFor(world, 1_000);
    const one = world.processes[Math.floor(world.chance() * world.processes.length)];
    if (world.isOver || !one) break;
    one.signal('SIGWINCH');
    world.seen.kills += 1;
  }
  for (const one of world.processes) one.signal('SIGPIPE');
}

/** Ends early when it is over. */
async function pauseFor(world: StormWorld, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end && !world.isOver; ) await wait(50);
}
