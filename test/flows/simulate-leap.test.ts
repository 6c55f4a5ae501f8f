// Where the customer leaps from a script of ours, what follows is theirs, in simulations as in the program.
import { expect, test } from 'vitest';
import { compileFlow } from '../../src/flows/compile-flow.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { readFlow } from '../../src/flows/read-flow.ts';
import { sampleFacts } from '../../src/flows/sample-facts.ts';
import { createSimulation } from '../../src/flows/simulate-flow.ts';

const HOI = `id: hoi
title: Hỏi
entry: [{ on: manual }]
steps:
  - { id: hoi, choose: "Chọn giúp em?", options: [{ title: Xem, go: xem }], no_reply: { after: 1 day, go: xem } }
  - { id: xem, go: "flow:tiep" }
`;
const TIEP = `id: tiep
title: Tiếp
entry: [{ on: manual }]
steps: [{ id: hoi, choose: "Còn gì nữa không?", options: [{ title: Hết, go: end }] }]
`;

function begun() {
  const flows = Object.entries({ hoi: HOI, tiep: TIEP }).map(([id, source]) => {
    const { flow, problems } = readFlow(`${id}.flow.yaml`, source);
    if (flow === null || problems.length > 0) throw new Error(JSON.stringify(problems));
    return compileFlow(flow);
  });
  const chat = createSimulation({
    flows,
    guides: createGuideLibrary([]),
    facts: sampleFacts('zalo', '2026-11-23T03:00:00Z'),
  });
  chat.start('hoi');
  return chat;
}

test('a leap is whose act it was', () => {
  const tapped = begun();
  tapped.say('Xem');
  expect([tapped.run?.flow.id, tapped.run?.startedBy]).toEqual(['tiep', 'customer']);
  const silent = begun();
  silent.advance(2 * 86_400_000);
  expect([silent.run?.flow.id, silent.run?.startedBy]).toEqual(['tiep', 'care']);
});
