// How the work grows with the size of what is read: by comparing a small and a large one in this very process, never by
// a number of milliseconds that another machine would not keep.

/** The least processor time of some tries, in milliseconds. */
function leastTime(work: () => void, tries: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < tries; n += 1) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

/** Below this nobody waits for anything, and a clock says little. */
const NOTHING_MS = 150;
const TIMES = 8;

/**
 * True when eight times the input costs about eight times the work: a quadratic one costs 64 times as much. What costs
 * next to nothing even when large is fine however it grows.
 */
export function growsGently(make: (size: number) => string, work: (text: string) => unknown, size: number): boolean {
  const [small, large] = [make(Math.max(1, Math.floor(size / TIMES))), make(size)];
  work(small);
  const most = leastTime(() => work(large), 1);
  if (most < NOTHING_MS) return true;
  return (
    most /
      Math.max(
        1,
        leastTime(() => work(small), 3),
      ) <
    TIMES * 3.5
  );
}
