// The key that encrypts provider tokens: from SECRET_KEY, or made once and kept beside the embedded database.
import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** 32 bytes. `given` may be any long text; without it the key file in `dataDir` is read or made. */
export async function loadSecretKey(given: string | null, dataDir: string): Promise<Buffer> {
  const secret = given ?? (await readOrMake(join(dataDir, 'secret.key')));
  return Buffer.from(hkdfSync('sha256', secret, 'ganbo', 'tokens', 32));
}

async function readOrMake(path: string): Promise<string> {
  const found = await readFile(path, 'utf8').catch(() => null);
  if (found !== null) return found.trim();
  await mkdir(join(path, '..'), { recursive: true });
  const secret = randomBytes(32).toString('base64url');
  // `wx`: of two programs that start together one makes the key and both read it.
  await writeFile(path, `${secret}\n`, { mode: 0o600, flag: 'wx' }).catch(() => undefined);
  return (await readFile(path, 'utf8')).trim();
}
