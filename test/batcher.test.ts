import { expect, test } from 'vitest';
import { createBatcher } from '../src/batcher.ts';

function recordingBatcher(
  options: { refuses?: (item: number) => boolean; maySplit?: boolean; maxBatch?: number } = {},
) {
  const commits: number[][] = [];
  const batcher = createBatcher<number>({
    maxBatch: options.maxBatch ?? 100,
    concurrency: 1,
    maySplit: () => options.maySplit ?? true,
    commit: async (items) => {
      await Promise.resolve();
      if (items.some((item) => options.refuses?.(item))) throw new Error('refused');
      commits.push(items);
    },
  });
  return { batcher, commits };
}

test('what arrives together is committed together, in order', async () => {
  const { batcher, commits } = recordingBatcher();
  await Promise.all([1, 2, 3].map((item) => batcher.add(item)));
  expect(commits).toEqual([[1, 2, 3]]);
});

test('a batch is no larger than allowed', async () => {
  const { batcher, commits } = recordingBatcher({ maxBatch: 2 });
  await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
  expect(commits).toEqual([[1, 2], [3, 4], [5]]);
});

test('one refused item does not take the others with it', async () => {
  const { batcher, commits } = recordingBatcher({ refuses: (item) => item === 2 });
  const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(commits).toEqual([[1], [3]]);
});

test('when the commit itself is impossible, everybody is told', async () => {
  const { batcher } = recordingBatcher({ refuses: () => true, maySplit: false });
  const results = await Promise.allSettled([1, 2].map((item) => batcher.add(item)));
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
});

test('draining waits for what was added', async () => {
  const { batcher, commits } = recordingBatcher();
  const added = batcher.add(7);
  await batcher.drain();
  await added;
  expect(commits).toEqual([[7]]);
});
