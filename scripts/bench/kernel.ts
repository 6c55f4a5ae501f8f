// What the kernel alone costs: two hundred flows read, checked and compiled, and a free question brought to its guide.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readFolderTexts } from '../../src/flow-library/read-flow-files.ts';
import { buildFlows, type FlowSource } from '../../src/flows/build-flows.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { readGuides } from '../../src/flows/guides/read-guides-directory.ts';
import { type Figure, median, ms, plain } from './figure.ts';

const FLOWS = fileURLToPath(new URL('../../flows', import.meta.url));
const QUESTIONS = new URL('../../test/flows/guides/labelled-questions.json', import.meta.url);

export async function measureKernel(): Promise<Figure[]> {
  const texts = await readFolderTexts(FLOWS);
  const guides = createGuideLibrary(readGuides(texts.guides).guides);
  // The index is made at the first question.
  guides.search('hướng dẫn');
  const built = [2, 9].map((copies) => {
    const sources = copiesOf(texts.flows, copies);
    const errors = buildFlows(sources, { guides }).problems.filter(({ severity }) => severity === 'error');
    if (errors[0]) throw new Error(`The copies are not sound: ${errors[0].message}`);
    const took = median([1, 2, 3].map(() => timed(() => buildFlows(sources, { guides }))));
    return plain(`${sources.length} flows read, checked and compiled`, ms(took));
  });
  const asked: { found: { question: string }[] } = JSON.parse(await readFile(QUESTIONS, 'utf8'));
  const questions = asked.found.map(({ question }) => question);
  const rounds = [1, 2, 3].map(() => timed(() => questions.map((question) => guides.search(question))));
  return [
    ...built,
    plain(
      `a question to its guide, of ${guides.guides.length} guides`,
      `${Math.round((median(rounds) * 1000) / questions.length)} µs (${questions.length} questions)`,
    ),
  ];
}

/** The flows that ship, again and again under other names, each set leading to itself. */
function copiesOf(flows: ReadonlyMap<string, string>, copies: number): FlowSource[] {
  const names = [...flows.keys()].map((path) => path.replace(/\.flow\.yaml$/, ''));
  return Array.from({ length: copies }, (_, copy) =>
    [...flows].map(([path, source]) => ({
      path: path.replace('.flow.yaml', `-${copy}.flow.yaml`),
      source: renamed(source, names, String(copy)),
    })),
  ).flat();
}

function renamed(source: string, names: readonly string[], copy: string): string {
  return source.replace(/^(id: |.*\bflow:)([a-z0-9-]+)/gm, (line, before: string, id: string) =>
    names.includes(id) ? `${before}${id}-${copy}` : line,
  );
}

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
