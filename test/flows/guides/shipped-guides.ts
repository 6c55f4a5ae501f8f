// The guides that ship, read once for the tests of this folder.
import { createGuideLibrary } from '../../../src/flows/guides/guide-library.ts';
import { readGuidesDirectory } from '../../../src/flows/guides/read-guides-directory.ts';

export const shipped = await readGuidesDirectory(new URL('../../../flows/guides', import.meta.url).pathname);

export const library = createGuideLibrary(shipped.guides);
