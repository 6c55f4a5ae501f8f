// The storms of every run: ten thousand deliveries while two processes are killed again and again, and two thousand
// messages whose sending fails in eight ways. `npm run storm` has the other kinds and longer ones.
import { expect, test } from 'vitest';
import { runStorm } from './run-storm.ts';

const seed = Number(process.env.STORM_SEED ?? Date.now() % 100_000);

// Each message is followed by its receipts and its echo: 3,300 make ten thousand deliveries.
const STORMS = [
  { kind: 'kill-two', messages: Number(process.env.STORM_KILLED ?? 3_300), atLeast: 10 },
  { kind: 'faults', messages: Number(process.env.STORM_FAULTS ?? 2_000), atLeast: 0 },
] as const;

test.each(STORMS)(
  '$messages messages through "$kind": 0 lost, 0 doubled, order kept',
  {
    timeout: 900_000,
  },
  async ({ kind, messages, atLeast }) => {
    const { broken, told, said, figures, kills, reordered, seconds } = await runStorm({ kind, seed, messages });
    console.log(kind, JSON.stringify({ seed, kills, ...figures, reordered, ...seconds }));
    expect(broken, `seed ${seed}\n${told.flat().join('\n')}\n${said}`).toEqual([]);
    expect(figures).toMatchObject({ messages, kept: messages });
    expect(figures.deliveries).toBeGreaterThan(messages * 2.5);
    expect(figures.accepted).toBeLessThanOrEqual(messages);
    expect(figures.sent + figures.parked + figures.failed).toBe(messages);
    expect(kills).toBeGreaterThanOrEqual(atLeast);
    expect(Math.min(figures.repeats, reordered)).toBeGreaterThan(messages / 20);
  },
);
