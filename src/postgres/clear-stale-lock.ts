// A server killed together with everything around it can leave its pid file while its pid still exists: as a zombie
// that nobody buries (containers without an init), or as another program. PostgreSQL then refuses to start.
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const ROUNDS = 50;
const ROUND_MS = 100;

/** Removes `postmaster.pid` once no living process works in `data`; on systems without /proc it leaves things alone. */
export async function clearStaleLock(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const pid = await readPid(data);
  if (pid === null || process.platform !== 'linux') return;
  // Backends of a dead postmaster see it and leave by themselves; they must be gone before another may start.
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!(await isAnybodyAt(data))) return await rm(lock, { force: true });
    await wait(ROUND_MS);
  }
}

/** Whether the server that its pid file names still lives; a zombie does not. Costs next to nothing. */
export async function isServerAlive(data: string): Promise<boolean> {
  const pid = await readPid(data);
  if (pid === null) return false;
  if (process.platform === 'linux')
    return (await readlink(`/proc/${pid}/cwd`).catch(() => null)) === (await realpath(data));
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** null = there is no pid file. */
async function readPid(data: string): Promise<string | null> {
  return await readFile(join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n')[0] ?? '',
    () => null,
  );
}

/** Every process of a server has its data directory as its working directory. */
async function isAnybodyAt(data: string): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => null)));
  return folders.includes(data);
}
