// The program as a process of its own, to be killed without warning.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts';
import { freePort } from '../outside/free-port.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export type AppProcess = {
  readonly address: string;
  /** Starts it and resolves at once; it is ready a little later. */
  start(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** SIGSTOP or SIGCONT. */
  signal(name: NodeJS.Signals): void;
  isAlive(): boolean;
  /** Resolves when the one that runs now is gone. */
  gone(): Promise<void>;
  /** What it wrote, over all its lives. */
  output(): string;
};

/** `main` = another way in than the program's own, with the same life inside. */
export async function createAppProcess(env: Record<string, string>, main: string = MAIN): Promise<AppProcess> {
  const port = await freePort();
  let child: ChildProcess | null = null;
  let output = '';
  const isAlive = () => child !== null && child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!child || !isAlive()) return child?.exitCode ?? null;
    const gone = once(child, 'exit');
    child.kill(signal);
    const [code] = await gone;
    return typeof code === 'number' ? code : null;
  };
  return {
    address: `http://127.0.0.1:${port}`,
    start: () => {
      child = spawn(process.execPath, [main], {
        env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...env, PORT: String(port), SANDBOX: 'off' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout?.on('data', (chunk) => {
        output += String(chunk);
      });
      child.stderr?.on('data', (chunk) => {
        output += String(chunk);
      });
    },
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    signal: (name) => {
      child?.kill(name);
    },
    isAlive,
    gone: async () => {
      if (child && isAlive()) await once(child, 'exit');
    },
    output: () => output,
  };
}

/** The environment that points a program at the pretend providers. */
export function environmentOf(
  sandbox: Pick<Sandbox, 'zaloSettings' | 'messengerSettings'>,
  more: { databaseUrl: string; dataDir: string },
): Record<string, string> {
  const { zaloSettings: zalo, messengerSettings: messenger } = sandbox;
  return {
    DATABASE_URL: more.databaseUrl,
    DATA_DIR: more.dataDir,
    SECRET_KEY: 'a-secret-key-only-for-storms-0123456789',
    ZALO_APP_ID: zalo.appId ?? '',
    ZALO_APP_SECRET: zalo.appSecret ?? '',
    ZALO_OA_ID: zalo.oaId ?? '',
    ZALO_OA_SECRET_KEY: zalo.oaSecretKey ?? '',
    ZALO_ACCESS_TOKEN: zalo.accessToken ?? '',
    ZALO_REFRESH_TOKEN: zalo.refreshToken ?? '',
    ZALO_API_URL: zalo.apiUrl ?? '',
    ZALO_OAUTH_URL: zalo.oauthUrl ?? '',
    ZALO_ZNS_URL: zalo.znsUrl ?? '',
    MESSENGER_APP_ID: messenger.appId ?? '',
    MESSENGER_APP_SECRET: messenger.appSecret ?? '',
    MESSENGER_VERIFY_TOKEN: messenger.verifyToken ?? '',
    MESSENGER_PAGE_ID: messenger.pageId ?? '',
    MESSENGER_PAGE_ACCESS_TOKEN: messenger.pageAccessToken ?? '',
    MESSENGER_API_URL: messenger.apiUrl ?? '',
  };
}
