import { expect, test } from 'vitest';
import { createRound } from '../src/round.ts';

/** Lets promises that are already decided have their say, so many times. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await Promise.resolve();
}

test.each(Array.from({ length: 16 }, (_, n) => n))(
  'whoever rings is heard, %i turns after work began: it begins again, whenever it was about to end',
  async (count) => {
    let begun = 0;
    let done = 0;
    const round = createRound(
      async () => {
        begun += 1;
        await turns(3);
        done += 1;
        return false;
      },
      () => undefined,
    );
    round.ring();
    await turns(count);
    const before = begun;
    round.ring();
    await round.idle();
    expect(begun).toBe(before + 1);
    expect(done).toBe(begun);
  },
);

test('more is asked for until there is none; rings meanwhile are one', async () => {
  const portions: boolean[] = [];
  const round = createRound(
    async () => {
      const rings = portions.length === 1 ? 3 : 0;
      for (let n = 0; n < rings; n += 1) round.ring();
      portions.push(portions.length === 0);
      return portions.length === 1;
    },
    () => undefined,
  );
  round.ring();
  await round.idle();
  expect(portions).toHaveLength(3);
});

test('work that rings does not run beside itself', async () => {
  let running = 0;
  let most = 0;
  let calls = 0;
  const round = createRound(
    async () => {
      running += 1;
      calls += 1;
      most = Math.max(most, running);
      if (calls < 3) round.ring();
      await turns(2);
      running -= 1;
      return false;
    },
    () => undefined,
  );
  round.ring();
  await round.idle();
  expect([calls, most]).toEqual([3, 1]);
});

test('after an error only the next ring tries again, also for those that rang meanwhile', async () => {
  const errors: unknown[] = [];
  let calls = 0;
  const round = createRound(
    async () => {
      calls += 1;
      if (calls > 1) return false;
      round.ring();
      await turns(1);
      throw new Error('away');
    },
    (error) => errors.push(error),
  );
  round.ring();
  await round.idle();
  expect([calls, errors.length]).toEqual([1, 1]);
  round.ring();
  await round.idle();
  expect([calls, errors.length]).toEqual([2, 1]);
});

test('a stop lets the work under way end, and begins nothing more', async () => {
  let calls = 0;
  const round = createRound(
    async () => {
      calls += 1;
      await turns(5);
      return true;
    },
    () => undefined,
  );
  round.ring();
  await turns(3);
  await round.stop();
  expect(calls).toBe(1);
  round.ring();
  await round.idle();
  expect(calls).toBe(1);
});
