import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { runFlowTests } from '../../src/flow-tests/run-flow-tests.ts';
import { readCatalogue } from '../../src/flows/catalogue/read-catalogue.ts';
import { checkLadders } from '../../src/flows/checks/check-ladders.ts';
import { makeWorld } from '../../src/flows/checks/flow-world.ts';
import { GUIDE_FIELDS } from '../../src/flows/guides/guide-front-matter.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { readGuide } from '../../src/flows/guides/read-guide.ts';
import { readGuidesDirectory } from '../../src/flows/guides/read-guides-directory.ts';
import { readFlow } from '../../src/flows/read-flow.ts';
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

  it('is a whole guide that is found by its own questions', async () => {
    const source = /```markdown\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const { guide, problems } = readGuide('guides/doi-mat-khau.md', source);
    expect(problems).toEqual([]);
    if (guide === null) throw new Error('unreadable');
    const { guides: shipped } = await readGuidesDirectory('flows/guides');
    const library = createGuideLibrary([...shipped.filter(({ id }) => id !== 'doi-mat-khau'), guide]);
    expect(library.search('doi pass o dau').found?.id).toBe('doi-mat-khau');
    for (const field of GUIDE_FIELDS) expect(readme).toContain(`\`${field}\``);
  });

  it('takes only ladders that can be climbed down: its own templates, filled in as they want it', () => {
    const { catalogue } = readCatalogue(new Map([['catalogue/templates.yaml', blocks('templates')[0] ?? '']]));
    const shown = blocks('steps').flatMap((block) => readSteps(block.replace(/^/gm, '  ')).flow ?? []);
    const used = shown.flatMap(({ steps }) => steps.flatMap(({ templates }) => templates.map(({ id }) => id)));
    expect(used).toEqual(['nhac-gia-han', 'nhac-gia-han-messenger']);
    const found = shown.flatMap((flow) =>
      checkLadders(flow, makeWorld([], { guides, templates: catalogue.templates })),
    );
    // One waits for its approval: that is said, and no mistake.
    expect(found.map(({ code, severity }) => [code, severity])).toEqual([['template_not_approved', 'warning']]);
  });
});
