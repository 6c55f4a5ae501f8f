import { expect, test } from 'vitest';
import { compileSource } from '../../src/flows/build-flows.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { startRun, stepRun } from '../../src/flows/run-flow.ts';
import { sampleFacts } from '../../src/flows/sample-facts.ts';

const source = `id: again
title: Hỏi lại
entry:
  - on: manual
steps:
  - id: ask
    choose: "Chọn một hoặc hai ạ?"
    options:
      - title: Một
        go: ask
      - title: Hai
        go: end
`;

test('an answer that leads back to its own question asks it again', () => {
  const flow = compileSource('again.flow.yaml', source);
  if (!flow) throw new Error('The flow could not be read.');
  const deps = { facts: sampleFacts('zalo', '2026-11-23T03:00:00Z'), guides: createGuideLibrary([]) };
  const first = startRun(flow, deps);
  const second = stepRun(flow, first.snapshot, { type: 'text', text: 'một' }, deps);
  expect(second.commands.filter((command) => command.type === 'say')).toHaveLength(1);
  expect(second.step).toBe('ask');
  const third = stepRun(flow, second.snapshot, { type: 'text', text: 'hai' }, deps);
  expect(third.isDone).toBe(true);
});
