// The program's own files as text, and what they import; what the structure tests look at.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** `path` from the repository's root, with forward slashes. */
export type Source = { path: string; text: string };

export function readSources(pattern: string): Source[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/') && !path.startsWith('prisma/generated/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** As Biome writes them: a statement, the last line of a long one, or a call. */
const IMPORT = /^(?:import|export|\})[^'\n]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

/** Own files as paths from the root, packages by their name. */
export function importsOf({ path, text }: Source): string[] {
  return [...text.matchAll(IMPORT)].map(([, from, bare, called]) => {
    const name = from ?? bare ?? called ?? '';
    return name.startsWith('.') ? normalize(join(dirname(path), name)).replaceAll('\\', '/') : packageOf(name);
  });
}

/** Types are gone when a program runs. */
export function withoutTypes({ path, text }: Source): Source {
  return { path, text: text.replaceAll(/^(?:import|export) type \{[^}]*\} from '[^']+';$/gm, '') };
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The folder of src/ that a file lives in, or the file itself when it lies beside them; null outside src/. */
export function placeOf(path: string): string | null {
  return path.startsWith('src/') ? (path.split('/')[1] ?? null) : null;
}
