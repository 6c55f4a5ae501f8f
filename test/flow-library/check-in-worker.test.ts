import { expect, test } from 'vitest';
import { checkInWorker } from '../../src/flow-library/check-in-worker.ts';
import type { FolderTexts } from '../../src/flow-library/read-flow-files.ts';
import { readFolderTexts } from '../../src/flow-library/read-flow-files.ts';
import { readGuides } from '../../src/flows/guides/read-guides-directory.ts';

const FLOW = `id: nhac
title: Nhắc
entry: [{ on: manual }]
settings: { purpose: care, if_closed: skip }
steps:
  - { id: chao, end: Chào anh chị ạ. }
`;
const texts: FolderTexts = {
  flows: new Map([
    ['nhac.flow.yaml', FLOW],
    ['sai.flow.yaml', 'id: sai\nsteps: ['],
  ]),
  tests: new Map(),
  journeys: new Map(),
  journeyTests: new Map(),
  catalogue: new Map(),
  guides: [],
  unread: [],
};
const program = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
const goesOn = () => new AbortController().signal;

test('what is good and what is wrong comes out of the thread as plain data', async () => {
  const checked = await checkInWorker(texts, { signal: goesOn() });
  expect(checked.flows.map(({ id, isGood }) => [id, isGood])).toEqual([
    ['nhac', true],
    ['sai', false],
  ]);
  expect(checked.problems.map(({ file }) => file)).toContain('sai.flow.yaml');
});

test('guides come out of the thread whole: nothing of their heads is lost', async () => {
  const shipped = await readFolderTexts('flows');
  const { guides } = await checkInWorker({ ...texts, guides: shipped.guides }, { signal: goesOn() });
  expect(guides).toEqual(readGuides(shipped.guides).guides);
  expect(guides?.some(({ rank }) => rank !== null)).toBe(true);
});

test.each([
  ['crashes', 'throw new Error("bể ống nước")', 'bể ống nước'],
  ['ends without an answer', '', 'no answer'],
  ['finds no end', 'while (true) {}', 'quá 0.2 giây'],
  ['answers something else', 'import("node:worker_threads").then((t) => t.parentPort.postMessage(1))', ''],
])('a thread that %s is a problem that is told, and no file is good', async (_what, code, why) => {
  const checked = await checkInWorker(texts, {
    signal: goesOn(),
    program: program(code),
    longestMs: code.startsWith('while') ? 200 : 20_000,
  });
  expect(checked.flows.map(({ id, isGood }) => [id, isGood])).toEqual([
    ['nhac', false],
    ['sai', false],
  ]);
  expect(checked.problems).toMatchObject([{ code: 'check_failed', severity: 'error' }]);
  expect(checked.problems[0]?.message).toContain(why);
});

test('a stop ends a check that is under way', async () => {
  const stopping = new AbortController();
  const checking = checkInWorker(texts, { signal: stopping.signal, program: program('while (true) {}') });
  stopping.abort();
  await expect(checking).rejects.toThrow();
});
