// The whole program as its own process, on a database of its own, with Messenger at a provider of the bench's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const WITHOUT_PACE = new URL('without-pace.ts', import.meta.url).href;
/** What `npm start` gives Node. */
export const NODE_FLAGS = ['--max-semi-space-size=8'];
export const APP_SECRET = 'bench-app-secret';

export type Program = { address: string; memoryMb: () => Promise<number>; stop: () => Promise<void> };

export async function startProgram(given: {
  databaseUrl: string;
  dataDir: string;
  providerUrl: string;
  /** Further settings, as in .env. */
  env?: Record<string, string>;
  /** false: what a page may say in a second is without limit. */
  isPaced?: boolean;
}): Promise<Program> {
  const profile = process.env.BENCH_PROFILE;
  const flags = [
    ...NODE_FLAGS,
    ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []),
    ...(given.isPaced === false ? ['--import', WITHOUT_PACE] : []),
  ];
  const child = spawn(process.execPath, [...flags, MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      SANDBOX: 'off',
      LOG_LEVEL: 'error',
      DATABASE_URL: given.databaseUrl,
      DATA_DIR: given.dataDir,
      SECRET_KEY: 'a-secret-key-only-for-the-bench-0123456789',
      MESSENGER_APP_ID: '1',
      MESSENGER_APP_SECRET: APP_SECRET,
      MESSENGER_VERIFY_TOKEN: 'v',
      MESSENGER_PAGE_ID: '100',
      MESSENGER_PAGE_ACCESS_TOKEN: 't',
      MESSENGER_API_URL: given.providerUrl,
      ...given.env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /ready at (http:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`The program ended with ${code}: ${said}`)));
  });
  return {
    address,
    memoryMb: async () => {
      const text = await (await fetch(`${address}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 1024 / 1024;
    },
    stop: async () => {
      child.removeAllListeners('exit');
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
