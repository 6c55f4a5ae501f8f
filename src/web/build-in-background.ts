// The first start after a change builds the web app beside the running program: nobody's message waits for it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtAppDir, isBuilt } from './build-app.ts';

type Log = { info: (words: string) => void; warn: (words: string) => void };

/** Returns how to break it off. */
export async function buildInBackground(log: Log): Promise<() => Promise<void>> {
  if (await isBuilt(builtAppDir)) return async () => undefined;
  log.info('the web app is being built');
  const script = fileURLToPath(new URL('../../scripts/build-web.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: 'ignore', env: { NODE_ENV: 'production' } });
  child.unref();
  const isLost = () => log.warn('the web app could not be built: run "npm run build" to see why');
  child.on('error', isLost);
  child.on('exit', (code) => {
    if (code === 0) log.info('the web app is built');
    else if (code !== null) isLost();
  });
  return async () => void child.kill();
}
