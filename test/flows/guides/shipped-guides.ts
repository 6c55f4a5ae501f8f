// The guides that ship, read once for the tests of this folder.
import { fileURLToPath } from 'node:url';
import { createGuideLibrary } from '../../../src/flows/guides/guide-library.ts';
import { readGuidesDirectory } from '../../../src/flows/guides/read-guides-directory.ts';

export const shipped = await readGuidesDirectory(fileURLToPath(new URL('../../../flows/guides', import.meta.url)));

export const library = createGuideLibrary(shipped.guides);
