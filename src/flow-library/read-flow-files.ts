// The files that marketers edit, read together: flows, their tests and the guides.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

export type FlowFiles = {
  /** Path relative to the flows folder → text. */
  flows: ReadonlyMap<string, string>;
  tests: ReadonlyMap<string, string>;
};

export async function readFlowFiles(directory: string): Promise<FlowFiles> {
  const names = await readdir(directory);
  const read = async (suffix: string) => {
    const wanted = names.filter((name) => name.endsWith(suffix)).sort();
    const texts = await Promise.all(wanted.map((name) => readFile(join(directory, name), 'utf8')));
    return new Map(wanted.map((name, index) => [name, texts[index] ?? '']));
  };
  return { flows: await read('.flow.yaml'), tests: await read('.test.yaml') };
}

/** Changes whenever a file of the folder does: names, sizes and times of all of them. */
export async function fingerprintOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = await Promise.all(
    files.sort().map(async (path) => {
      const found = await stat(path).catch(() => null);
      return `${relative(directory, path)} ${found?.size} ${found?.mtimeMs}`;
    }),
  );
  return lines.join('\n');
}
