// CPU time per request: the figure that neighbours on the machine disturb least. Linux only; elsewhere there is none.
import { readdir, readFile } from 'node:fs/promises';

/** Linux counts in ticks of 10 ms. */
const US_PER_TICK = 10_000;

/** Microseconds of CPU that a server process and its children have used so far, living and gone; null where unknown. */
export async function cpuOfFamily(parent: number): Promise<number | null> {
  const own = await readStat(parent);
  if (!own) return null;
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(ids.map(readStat));
  const children = stats.filter((stat) => stat?.parent === parent);
  return children.reduce((sum, stat) => sum + (stat?.own ?? 0), own.own + own.gone);
}

/** The process that is parent of `pid`; null where there is no /proc. */
export async function parentOf(pid: number): Promise<number | null> {
  return (await readStat(pid))?.parent ?? null;
}

async function readStat(pid: number) {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name may hold blanks and brackets; after its last bracket the fields are fixed.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const sum = (...at: number[]) => at.reduce((all, index) => all + (fields[index] ?? 0), 0) * US_PER_TICK;
    return { parent: fields[1] ?? 0, own: sum(11, 12), gone: sum(13, 14) };
  } catch {
    return null;
  }
}
