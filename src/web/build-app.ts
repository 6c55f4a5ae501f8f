// The staff web app, built by Vite into one folder; beside it a stamp of what it was built from, so that it is built
// again when, and only when, something of it changed.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const STAMP = 'stamp.json';
const stampSchema = z.object({ files: z.array(z.string()), hash: z.string() });

/** Where the built app lies; not in DATA_DIR, because it belongs to the program's version. */
export const builtAppDir = join(root, 'dist/web');

/** Whether `dir` holds the app as its sources are now. */
export async function isBuilt(dir: string): Promise<boolean> {
  try {
    const stamp = stampSchema.parse(JSON.parse(await readFile(join(dir, STAMP), 'utf8')));
    const texts = await Promise.all(stamp.files.map((name) => readFile(join(root, name))));
    return stamp.hash === hashOf(stamp.files.map((name, n) => [name, texts[n] ?? Buffer.alloc(0)]));
  } catch {
    return false;
  }
}

/** Builds beside `dir` and then takes its place. While another process builds, it is waited for instead. */
export async function buildApp(dir: string): Promise<void> {
  const [fresh, lock] = [`${dir}.building`, `${dir}.pid`];
  await mkdir(dirname(dir), { recursive: true });
  while (!(await isOurs(lock))) {
    await wait(LOOK_AGAIN_MS);
    if (await isBuilt(dir)) return;
  }
  try {
    const sources = await bundle(fresh);
    const stamp = { files: sources.map(([name]) => name), hash: hashOf(sources) };
    await writeFile(join(fresh, STAMP), JSON.stringify(stamp));
    await rm(dir, { recursive: true, force: true });
    await rename(fresh, dir);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(lock, { force: true });
  }
}

const LOOK_AGAIN_MS = 200;

/** The file says who builds; one that was killed holds up nobody. */
async function isOurs(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

type Source = readonly [name: string, text: Buffer];

/** Returns what went into it, as it was just before the builder read it: what changes meanwhile is not taken for built. */
async function bundle(outDir: string): Promise<Source[]> {
  // Whoever only serves need not load the builder.
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  const sources = new Map<string, Buffer>();
  const note = async (id: string): Promise<null> => {
    const path = id.replace(/\?.*$/, '');
    const name = relative(root, path).replaceAll('\\', '/');
    if (!path.startsWith(root) || path.includes('node_modules') || sources.has(name)) return null;
    sources.set(name, await readFile(path));
    return null;
  };
  for (const name of ['package-lock.json', 'src/web/build-app.ts']) await note(join(root, name));
  await build({
    configFile: false,
    root: join(root, 'src/web'),
    logLevel: 'error',
    publicDir: false,
    mode: 'production',
    plugins: [react(), { name: 'note-sources', load: { order: 'pre', handler: note } }],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // These know light-dark(): made into something else it would no longer follow the page's own scheme.
      cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      manifest: true,
      // One file for the first look: many small ones are compressed each for itself and weigh more.
      rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
    },
  });
  return [...sources].sort(([a], [b]) => (a < b ? -1 : 1));
}

function hashOf(sources: readonly Source[]): string {
  const hash = createHash('sha256');
  for (const [name, text] of sources) hash.update(`${name}\n${text.length}\n`).update(text);
  return hash.digest('hex');
}
