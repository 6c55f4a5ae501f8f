// The app as it is served to people, built beside the tests: as in life, not as a test would build it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../scripts/build-web.ts', import.meta.url));

export async function buildOnce(): Promise<void> {
  await promisify(execFile)(process.execPath, [script], { env: { NODE_ENV: 'production' } });
}
