// A folder and all above it, or an error. Node's own `recursive` never ends where a parent is there and takes no folders, as
// /proc does (seen with Node 24.21).
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Does nothing when it is there, also when another process makes it in the same moment. */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch(async (error: unknown) => {
    if (!(await isFolder(path))) throw error;
  });
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
