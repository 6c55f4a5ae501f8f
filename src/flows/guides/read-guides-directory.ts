// Reads every guide of a folder from disk; a wrong file is left out and reported, the others stay usable.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../problem.ts';
import { foldText } from '../vietnamese-text.ts';
import type { Guide } from './guide.ts';
import { readGuide } from './read-guide.ts';

export type GuideFile = { path: string; source: string };

/** Files `*.md` directly in `dir`, by name; README.md is for people. A folder that is not there has no guides. */
export async function readGuidesDirectory(dir: string): Promise<{ guides: Guide[]; problems: Problem[] }> {
  return readGuides(await readGuideFiles(dir));
}

/** The texts alone: quick, where reading what is in them is not. */
export async function readGuideFiles(dir: string): Promise<GuideFile[]> {
  const isGuide = (name: string) => name.endsWith('.md') && name !== 'README.md' && !name.startsWith('.');
  const names = (await listFiles(dir)).filter(isGuide).sort();
  const paths = names.map((name) => join(dir, name));
  return await Promise.all(paths.map(async (path) => ({ path, source: await readFile(path, 'utf8') })));
}

export function readGuides(files: readonly GuideFile[]): { guides: Guide[]; problems: Problem[] } {
  const guides: Guide[] = [];
  const problems: Problem[] = [];
  for (const { path, source } of files) {
    const read = readGuide(path, source);
    problems.push(...read.problems);
    if (read.guide === null) continue;
    const twin = findSameTitle(guides, read.guide);
    if (twin) problems.push(sameTitleProblem(path, read.guide, twin));
    else guides.push(read.guide);
  }
  return { guides, problems };
}

async function listFiles(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** A tap comes back as its title, with or without dấu: two guides may not share one. */
function findSameTitle(guides: readonly Guide[], guide: Guide): Guide | undefined {
  const titles = new Set([foldText(guide.title), foldText(guide.shortTitle)]);
  return guides.find((other) => titles.has(foldText(other.title)) || titles.has(foldText(other.shortTitle)));
}

function sameTitleProblem(file: string, guide: Guide, twin: Guide): Problem {
  return {
    code: 'guide_same_title',
    severity: 'error',
    file,
    line: 2,
    column: 1,
    step: null,
    message: `Tiêu đề "${guide.title}" trùng với bài "${twin.id}" (không kể dấu).`,
    fix: 'Đổi title hoặc short của một trong hai bài để khách bấm vào là biết bài nào.',
  };
}
