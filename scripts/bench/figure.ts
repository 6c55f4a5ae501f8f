// What a row of the bench found, beside what was wanted, and all of it as one table.

export type Figure = {
  what: string;
  found: string;
  /** In words; empty = nothing was promised. */
  goal: string;
  isReached: boolean | null;
};

/** What every row may use; rows measure one after the other, each on databases of its own. */
export type Bench = {
  /** An empty folder, gone afterwards. */
  directory: string;
  /** A new, empty database on the bench's own server. */
  newDatabase: (name: string) => Promise<string>;
  /** Microseconds of CPU the server has used; NaN where unknown. */
  databaseCpu: () => Promise<number>;
  say: (line: string) => void;
};

export function atLeast(what: string, value: number, goal: number, show: (value: number) => string): Figure {
  return { what, found: show(value), goal: `≥ ${show(goal)}`, isReached: value >= goal };
}

export function atMost(what: string, value: number, goal: number, show: (value: number) => string): Figure {
  return { what, found: show(value), goal: `≤ ${show(goal)}`, isReached: value <= goal };
}

export function plain(what: string, found: string): Figure {
  return { what, found, goal: '', isReached: null };
}

export const ms = (value: number) => `${Math.round(value)} ms`;
export const mb = (value: number) => `${Math.round(value)} MB`;
export const times = (value: number) => `${value.toFixed(2)} ×`;
export const perSecond = (value: number) => `${whole(value)}/s`;

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** `share` of 0.99: the value that 99 of 100 do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, found, goal, isReached }) => {
    const verdict = isReached === null ? '' : isReached ? 'reached' : 'missed';
    return [what, found, goal, verdict];
  });
  const lines = [['what', 'found', 'goal', ''], ...rows];
  const width = (column: number) => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  const widths = [width(0), width(1), width(2)];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
