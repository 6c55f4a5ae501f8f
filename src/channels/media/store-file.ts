// Writes a download so that it is wholly there or not at all, also when the power goes.
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ByteSink } from './safe-fetch.ts';

/** `name` is where the file shall lie below the folder; null throws away what was written. */
export type Filled<T> = { name: string | null; result: T };

/** Lets `fill` write, then puts the file in its place, durably. Throws what the disk or `fill` throws. */
export async function storeFile<T>(
  { folder, partName }: { folder: string; partName: string },
  fill: (sink: ByteSink) => Promise<Filled<T>>,
): Promise<T> {
  const incoming = join(folder, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const part = join(incoming, partName);
  const filled = await writePart(part, fill);
  if (filled.name !== null) await putInPlace(part, join(folder, filled.name));
  return filled.result;
}

async function writePart<T>(part: string, fill: (sink: ByteSink) => Promise<Filled<T>>): Promise<Filled<T>> {
  const file = await open(part, 'w', 0o600);
  let isWanted = false;
  try {
    const filled = await fill((chunk) => file.writeFile(chunk));
    if (filled.name !== null) {
      await file.sync();
      isWanted = true;
    }
    return filled;
  } finally {
    await file.close();
    if (!isWanted) await rm(part, { force: true });
  }
}

async function putInPlace(part: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await rename(part, target);
  // A new name is durable only when its folder is written too; Windows cannot do it, and need not.
  if (process.platform === 'win32') return;
  const folder = await open(dirname(target), 'r');
  await folder.sync().finally(() => folder.close());
}
