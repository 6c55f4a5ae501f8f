// All files of the flows folder, checked together: form, sense, and their own tests. That takes seconds of a processor, so
// that this file is also what the thread of `check-in-worker.ts` runs.
import { parentPort, workerData } from 'node:worker_threads';
import { createGuideLibrary } from '../flows/guides/guide-library.ts';
import { readGuides } from '../flows/guides/read-guides-directory.ts';
import type { Problem } from '../flows/problem.ts';
import { checkFolder, testPathOf } from './check-folder.ts';
import { type CheckedFiles, idOfPath } from './checked-files.ts';
import { type FolderTexts, folderTextsSchema } from './read-flow-files.ts';
import { remindOfUnread } from './unread-files.ts';

/** Texts in; what may be published, and what is wrong, as plain data. */
export function checkFlowFiles(texts: FolderTexts): CheckedFiles {
  const { guides, problems: ofGuides } = readGuides(texts.guides);
  const checked = checkFolder(texts, createGuideLibrary(guides));
  const problems = [...ofGuides, ...checked.problems, ...remindOfUnread(texts.unread)];
  const known = new Map([...checked.flows, ...checked.journeys].map((file) => [file.path, file]));
  const red = new Set(problems.flatMap(({ severity, file }) => (severity === 'error' ? [file] : [])));
  const describe = (path: string) => {
    const file = known.get(path);
    const isGood = !checked.bad.has(path) && !red.has(path) && !red.has(testPathOf(path));
    // Not the id that is written in it: in a file that is being worked on it may be another one's.
    return { path, id: idOfPath(path), note: file?.head.note ?? null, isGood };
  };
  return {
    flows: [...texts.flows.keys()].map(describe),
    journeys: [...texts.journeys.keys()].map(describe),
    isCatalogueGood: ![...texts.catalogue.keys()].some((path) => red.has(path)),
    guides: hasErrors(ofGuides) ? null : guides,
    problems,
  };
}

function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

// Only in that thread: whoever imports this file has other data or none.
const texts = parentPort === null ? null : folderTextsSchema.safeParse(workerData);
if (texts?.success) parentPort?.postMessage(checkFlowFiles(texts.data));
