// Group commit: what arrives while a commit is under way shares the next one.

export type Batcher<T> = {
  /** Resolves when the item is committed, rejects when it could not be. */
  add(item: T): Promise<void>;
  /** Resolves when everything added so far is settled. */
  drain(): Promise<void>;
};

export type BatcherOptions<T> = {
  commit: (items: T[]) => Promise<void>;
  /** Whether a failed batch may be tried again item by item, to spare the good ones. */
  maySplit: (error: unknown) => boolean;
  maxBatch: number;
  /** Commits under way at once. */
  concurrency: number;
  /** Size of an item and the most that one batch may weigh. */
  weigh?: (item: T) => number;
  maxWeight?: number;
};

type Waiting<T> = { item: T; resolve: () => void; reject: (error: unknown) => void };

export function createBatcher<T>(options: BatcherOptions<T>): Batcher<T> {
  const waiting: Waiting<T>[] = [];
  const underWay = new Set<Promise<void>>();
  const start = (): void => {
    while (underWay.size < options.concurrency && waiting.length > 0) {
      const work = commitBatch(options, takeBatch(options, waiting)).finally(() => {
        underWay.delete(work);
        start();
      });
      underWay.add(work);
    }
  };
  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // What arrives in the same turn of the loop shares the commit.
        if (underWay.size < options.concurrency) setImmediate(start);
      }),
    drain: async () => {
      while (waiting.length > 0 || underWay.size > 0) {
        start();
        await Promise.all(underWay);
      }
    },
  };
}

function takeBatch<T>(options: BatcherOptions<T>, waiting: Waiting<T>[]): Waiting<T>[] {
  const { weigh = () => 0, maxWeight = Number.POSITIVE_INFINITY, maxBatch } = options;
  let count = 0;
  for (let weight = 0; count < waiting.length && count < maxBatch && weight <= maxWeight; count += 1) {
    const next = waiting[count];
    weight += next ? weigh(next.item) : 0;
  }
  return waiting.splice(0, count);
}

async function commitBatch<T>(options: BatcherOptions<T>, batch: Waiting<T>[]): Promise<void> {
  try {
    await options.commit(batch.map((waiting) => waiting.item));
    for (const { resolve } of batch) resolve();
  } catch (error) {
    if (batch.length === 1 || !options.maySplit(error)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    // One item that is refused must not take the others with it.
    for (const one of batch) await commitBatch(options, [one]);
  }
}
