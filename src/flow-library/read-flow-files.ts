// The files that marketers edit, read together: flows, journeys, their tests, the catalogue and the guides.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { readGuideFiles } from '../flows/guides/read-guides-directory.ts';
import { readPlaceOf } from './unread-files.ts';

const textsSchema = z.map(z.string(), z.string());

/** Path relative to the flows folder → text; of guides the path as it is opened. */
export const folderTextsSchema = z.object({
  flows: textsSchema,
  tests: textsSchema,
  journeys: textsSchema,
  journeyTests: textsSchema,
  catalogue: textsSchema,
  guides: z.array(z.object({ path: z.string(), source: z.string() })),
  /** Files that look like one of these and are none, by name or place. */
  unread: z.array(z.string()),
});
export type FolderTexts = z.infer<typeof folderTextsSchema>;

/** The whole folder; a part that is not there is empty, a folder that is not there is an error. */
export async function readFolderTexts(directory: string): Promise<FolderTexts> {
  return {
    flows: await readTexts(directory, '', '.flow.yaml'),
    tests: await readTexts(directory, '', '.test.yaml'),
    journeys: await readTexts(directory, 'journeys', '.journey.yaml'),
    journeyTests: await readTexts(directory, 'journeys', '.test.yaml'),
    catalogue: await readTexts(directory, 'catalogue', '.yaml'),
    guides: await readGuideFiles(join(directory, 'guides')),
    unread: (await listFiles(directory))
      .map((path) => relative(directory, path).replaceAll(sep, '/'))
      .filter((path) => readPlaceOf(path) !== null && readPlaceOf(path) !== path),
  };
}

async function readTexts(directory: string, folder: string, suffix: string): Promise<Map<string, string>> {
  // A flows folder that is away is not one where everything was deleted.
  const names = await readdir(join(directory, folder)).catch((error: unknown) => {
    if (folder === '') throw error;
    return [];
  });
  // What begins with a dot is an editor's: ".#welcome.flow.yaml" of Emacs leads nowhere while somebody types.
  const wanted = names.filter((name) => name.endsWith(suffix) && !name.startsWith('.')).sort();
  const texts = await Promise.all(wanted.map((name) => readFile(join(directory, folder, name), 'utf8')));
  return new Map(wanted.map((name, index) => [folder === '' ? name : `${folder}/${name}`, texts[index] ?? '']));
}

/** Changes whenever a file of the folder does, or what a link leads to: names, sizes and times of all of them. */
export async function fingerprintOf(directory: string): Promise<string> {
  const lines = await Promise.all(
    (await listFiles(directory)).map(async (path) => {
      const found = await stat(path).catch(() => null);
      return `${relative(directory, path)} ${found?.size} ${found?.mtimeMs}`;
    }),
  );
  return lines.join('\n');
}

async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}
