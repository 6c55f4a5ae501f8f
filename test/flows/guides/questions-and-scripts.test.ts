// Doors of scripts are asked before the guides: a phrase that is too short takes a question away from its answer.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readFolderTexts } from '../../../src/flow-library/read-flow-files.ts';
import { buildFlows } from '../../../src/flows/build-flows.ts';
import type { CompiledFlow } from '../../../src/flows/compile-flow.ts';
import { matchEntry } from '../../../src/flows/match-entry.ts';
import { sampleFacts } from '../../../src/flows/sample-facts.ts';
import { library, shipped } from './shipped-guides.ts';

const labelled = z
  .object({ found: z.array(z.object({ question: z.string(), guide: z.string() })) })
  .parse(JSON.parse(readFileSync(new URL('./labelled-questions.json', import.meta.url), 'utf8')));

/** What a script does better than the guide that stands for the same matter. */
const BETTER_BY_SCRIPT: Readonly<Record<string, string>> = { 'bao-hanh-thiet-bi': 'warranty', 'gia-han': 'my-plan' };

let flows: CompiledFlow[];
beforeAll(async () => {
  const files = await readFolderTexts('flows');
  const sources = [...files.flows].map(([path, source]) => ({ path, source }));
  flows = buildFlows(sources, { guides: library }).built.map(({ flow }) => flow);
});

function taken(question: string, guide: string): string[] {
  const context = { facts: sampleFacts('zalo', '2026-11-24T02:00:00Z'), guides: library };
  const script = matchEntry(flows, { kind: 'says', text: question }, context)?.flow ?? 'how-to';
  return script === 'how-to' || script === BETTER_BY_SCRIPT[guide] ? [] : [`${question} → ${script}`];
}

describe('no script takes away', () => {
  it('what customers ask about the software', () => {
    expect(labelled.found.flatMap(({ question, guide }) => taken(question, guide))).toEqual([]);
  });

  it('a question that stands in a guide', () => {
    expect(shipped.guides.flatMap(({ id, questions }) => questions.flatMap((one) => taken(one, id)))).toEqual([]);
  });
});
