// So many at once, the others in their turn.

/** `run` begins the work as soon as one of `size` slots is free. */
export function createSlots(size: number) {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (busy >= size) await new Promise<void>((resolve) => waiting.push(resolve));
      else busy += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
  };
}
