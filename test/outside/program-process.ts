// The program as anybody starts it: a process, an environment, what it prints and how it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type ProgramProcess = {
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Sends the signal; does not wait. */
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code, null when a signal ended it. */
  ended: Promise<number | null>;
  /** Ends it for good, whatever it does. */
  stop(): Promise<number | null>;
};

const running = new Set<ChildProcess>();
// A test run that is broken off leaves nothing behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts it and does not wait. Only PATH and `env` reach it. */
export async function startProcess(env: Record<string, string>, root: string = ROOT): Promise<ProgramProcess> {
  const port = env.PORT === undefined ? await freePort() : Number(env.PORT);
  const child = spawn(process.execPath, [`${root}/src/main.ts`], {
    cwd: root,
    env: { PATH: process.env.PATH, SANDBOX: 'off', LOG_LEVEL: 'warn', ...env, PORT: env.PORT ?? String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    printed.out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    printed.err += String(chunk);
  });
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    // Whoever waits for an answer of it should see why there is none.
    if (typeof code === 'number' && code !== 0 && !isRefused(printed.err))
      console.error(`A program ended with ${code}:\n${tail(printed)}`);
    return typeof code === 'number' ? code : null;
  });
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    stdout: () => printed.out,
    stderr: () => printed.err,
    signal: (name) => {
      child.kill(name);
    },
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 12_000);
      const code = await ended;
      clearTimeout(force);
      return code;
    },
  };
}

function isRefused(said: string): boolean {
  return said.includes('cannot start:');
}

function tail({ out, err }: { out: string; err: string }): string {
  return `${out.slice(-1_500)}\n${err.slice(-1_500)}`;
}

/** Starts it and waits until it can commit and has its flows. */
export async function startReady(env: Record<string, string>, root?: string): Promise<ProgramProcess> {
  const program = await startProcess(env, root);
  await becomeReady(program).catch(async (error: unknown) => {
    await program.stop();
    throw error;
  });
  return program;
}

async function becomeReady(program: ProgramProcess): Promise<void> {
  let isOver = false;
  void program.ended.then(() => {
    isOver = true;
  });
  const look = async () => {
    if (isOver) throw new Error(`It ended:\n${program.stdout()}\n${program.stderr()}`);
    const response = await fetch(`${program.address}/readyz`).catch(() => null);
    return response?.status === 200 && (await response.text()).includes('"welcome"');
  };
  await until('the program to be ready', look, { withinMs: 60_000 });
}
