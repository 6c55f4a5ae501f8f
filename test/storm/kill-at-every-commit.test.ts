// Care over weeks and a program that dies at its commits: what was said, planned, offered, asked and opened is the same
// as in a life without a death, each once, whichever commit it was and whether it was kept or not.
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Life, live, writeLifeFlows } from './care-life.ts';
import type { Fate } from './reaper.ts';

/** KILLS=all npx vitest run test/storm: every commit of the life, before and after it. Otherwise a few, others each time. */
const isFull = process.env.KILLS === 'all';
/** In each life every so many commits one is the last; the lives take turns, so that together they are all. */
const STRIDE = isFull ? 12 : 53;
const seed = Number(process.env.STORM_SEED ?? Date.now() % 100_000);
const turns = isFull ? Array.from({ length: STRIDE }, (_, turn) => turn) : [seed % STRIDE];

let flowsDir: string;
let unharmed: Life;
beforeAll(async () => {
  flowsDir = await writeLifeFlows();
  unharmed = await live(flowsDir, () => null);
}, 600_000);
afterAll(async () => await rm(flowsDir, { recursive: true, force: true }));

test('a refresh token is spent and nobody hears the new one: after the owner has connected again, the life is the same', {
  timeout: 900_000,
}, async () => {
  let requests = 0;
  const fate: Fate = (_, boundary) => {
    if (boundary !== 'request-token') return null;
    requests += 1;
    return requests === 3 ? 'after' : null;
  };
  const { kills, sent, memory, violations } = await live(flowsDir, fate);
  expect({ sent, memory, violations, kills }).toEqual({
    sent: unharmed.sent,
    memory: unharmed.memory,
    violations: [],
    kills: 1,
  });
});

describe.each(['before', 'after'] as const)('killed just %s', (moment) => {
  test.each(turns)(
    `each ${STRIDE}th commit and %i, the life is the same (seed ${seed})`,
    { timeout: 900_000 },
    async (turn) => {
      const fate = (commit: number) => (commit % STRIDE === turn ? moment : null);
      const { commits, kills, boundaries: _, ...told } = await live(flowsDir, fate);
      expect(told).toEqual({ sent: unharmed.sent, memory: unharmed.memory, violations: [] });
      // One life may meet two of its ends at once, and has only one.
      const ends = Math.floor((commits - turn) / STRIDE) + (turn === 0 ? 0 : 1);
      expect(kills).toBeLessThanOrEqual(ends);
      expect(kills).toBeGreaterThan(ends * 0.8);
    },
  );
});
