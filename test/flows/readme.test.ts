import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFlow } from '../../src/flows/read-flow.ts';
import { runFlowTests } from '../../src/flows/run-flow-tests.ts';
import { stepKindKeys } from '../../src/flows/steps/step-kinds.ts';
import { validateFlows } from '../../src/flows/validate-flow.ts';
import { guides, readSteps } from './sample-run.ts';

let readme = '';
beforeAll(async () => {
  readme = await readFile('flows/README.md', 'utf8');
});
const blocks = (kind: string) =>
  [...readme.matchAll(/```yaml (\w+)\n([\s\S]*?)```/g)].flatMap((match) => (match[1] === kind ? [match[2] ?? ''] : []));

describe('what flows/README.md shows', () => {
  it('is a whole flow without problems, and its test is green', () => {
    const { flow, problems } = readFlow('hoi-tham.flow.yaml', blocks('flow')[0] ?? '');
    if (flow === null) throw new Error(JSON.stringify(problems));
    expect([...problems, ...validateFlows([flow])]).toEqual([]);
    const report = runFlowTests({
      flows: [flow],
      guides,
      tests: new Map([['hoi-tham.test.yaml', blocks('test')[0] ?? '']]),
    });
    expect(report.problems).toEqual([]);
    expect(report.results).toHaveLength(4);
  });

  it('are steps that can be read, one of every kind', () => {
    const kinds = blocks('steps').flatMap((block) => {
      const { flow, problems } = readSteps(block.replace(/^/gm, '  '));
      expect(problems).toEqual([]);
      return flow?.steps.map(({ kind }) => kind) ?? [];
    });
    expect([...new Set(kinds)].sort()).toEqual([...stepKindKeys].sort());
  });
});
