// How sure a share is: few answers say little, and the screen shall not pretend otherwise.

export type Share = { share: number | null; low: number | null; high: number | null };

/** 95 %. */
const Z = 1.959963984540054;

/** Wilson's score interval of `count` out of `total`, between 0 and 1; nulls when there is nothing to share. */
export function wilsonInterval(count: number, total: number): Share {
  if (total <= 0) return { share: null, low: null, high: null };
  const share = count / total;
  const spread = Z ** 2 / total;
  const middle = share + spread / 2;
  const half = Z * Math.sqrt((share * (1 - share)) / total + spread / (4 * total));
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  // At the ends rounding would otherwise leave a trace that says more than is known.
  const low = count === 0 ? 0 : clamp((middle - half) / (1 + spread));
  const high = count === total ? 1 : clamp((middle + half) / (1 + spread));
  return { share, low, high };
}

/**
 * Difference of two shares with Newcombe's 95 % interval, made of both Wilson intervals; nulls when either side is empty.
 */
export function shareDifference(
  first: { count: number; total: number },
  second: { count: number; total: number },
): { difference: number | null; low: number | null; high: number | null } {
  const a = wilsonInterval(first.count, first.total);
  const b = wilsonInterval(second.count, second.total);
  if (a.share === null || a.low === null || a.high === null) return { difference: null, low: null, high: null };
  if (b.share === null || b.low === null || b.high === null) return { difference: null, low: null, high: null };
  const difference = a.share - b.share;
  return {
    difference,
    low: difference - Math.hypot(a.share - a.low, b.high - b.share),
    high: difference + Math.hypot(a.high - a.share, b.share - b.low),
  };
}
