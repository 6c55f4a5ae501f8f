// How long a start takes, and what is held when nothing happens: a prepared checkout, a server of the operator's, and the
// embedded one. Linux: it reads /proc. CPU time is the steadier figure on a busy machine.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/outside/free-port.ts';
import { atMost, type Bench, type Figure, mb, median, ms, plain } from './figure.ts';
import { NODE_FLAGS } from './program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPEATS = Number(process.env.BENCH_REPEATS ?? 3);
const LONGEST_MS = 30_000;
/** V8 gives back what the start needed a minute after it. */
const REST_MS = Number(process.env.BENCH_REST_MS ?? 90_000);
const TICKS_A_SECOND = 100;
const SECRET_KEY = 'cold-start-secret-key-0123456789-0123456789';

type Start = { wallMs: number; cpuMs: number; rssMb: number };

export async function measureStarts(bench: Bench): Promise<Figure[]> {
  if (process.platform !== 'linux') return [plain('starts and memory at rest', 'only on Linux')];
  const external = {
    DATABASE_URL: await bench.newDatabase('starts'),
    SECRET_KEY,
    DATA_DIR: join(bench.directory, 'starts'),
  };
  const embedded = { DATA_DIR: join(bench.directory, 'embedded') };
  // The first start of each makes database, flows and caches.
  await startOnce(external);
  const first = await startOnce(embedded);
  const starts: { external: Start[]; embedded: Start[] } = { external: [], embedded: [] };
  for (let n = 0; n < REPEATS; n += 1) {
    starts.external.push(await startOnce(external));
    starts.embedded.push(await startOnce(embedded));
  }
  const rest = await startOnce(embedded, REST_MS);
  const wall = (list: Start[]) => median(list.map(({ wallMs }) => wallMs));
  const cpu = (list: Start[]) => ms(median(list.map(({ cpuMs }) => cpuMs)));
  return [
    atMost('start to ready on a server of the operator', wall(starts.external), 1_000, ms),
    plain('  CPU of it', cpu(starts.external)),
    atMost('start to ready, embedded', wall(starts.embedded), 2_000, ms),
    plain('  CPU of it; the very first start', `${cpu(starts.embedded)}; ${ms(first.wallMs)}`),
    atMost('memory at rest, Node', rest.rssMb, 200, mb),
    atMost('memory at rest, embedded server', rest.serverMb, 100, mb),
  ];
}

/** Starts it, waits for /readyz, then `restMs` longer; answers what Node took until ready and holds at the end. */
async function startOnce(env: Record<string, string>, restMs = 0): Promise<Start & { serverMb: number }> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [...NODE_FLAGS, join(ROOT, 'src/main.ts')], {
    env: { PATH: process.env.PATH, SANDBOX: 'off', LOG_LEVEL: 'warn', ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await isReady(port);
    const wallMs = performance.now() - began;
    const cpuMs = await cpuMsOf(child.pid ?? 0);
    await wait(restMs);
    const rssMb = await kbOf(`/proc/${child.pid}/status`, 'VmRSS');
    return { wallMs, cpuMs, rssMb, serverMb: restMs === 0 ? 0 : await serverMbOf(env.DATA_DIR ?? '') };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

async function isReady(port: number): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    if (performance.now() > end) throw new Error('It did not become ready.');
    await wait(5);
  }
}

/** user + system, with all threads. */
async function cpuMsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_A_SECOND;
}

/** Proportional: what the server's processes share is counted once. */
async function serverMbOf(dataDir: string): Promise<number> {
  const [postmaster] = (await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const isOfServer = pid === postmaster || new RegExp(`^PPid:\\s+${postmaster}$`, 'm').test(status);
      return isOfServer ? await kbOf(`/proc/${pid}/smaps_rollup`, 'Pss') : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** In MB. */
async function kbOf(path: string, field: string): Promise<number> {
  const line = (await readFile(path, 'utf8')).split('\n').find((one) => one.startsWith(`${field}:`));
  return Number(line?.replace(/\D/g, '')) / 1024;
}
