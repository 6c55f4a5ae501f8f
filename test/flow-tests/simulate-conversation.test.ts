// What a simulation does is what the program does: whose act a leap is, answers that come late, what waits for a person.
import { expect, test } from 'vitest';
import { createSimulation, type Simulation } from '../../src/flow-tests/simulate-conversation.ts';
import { compileFlow } from '../../src/flows/compile-flow.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { readFlow } from '../../src/flows/read-flow.ts';
import { sampleFacts } from '../../src/flows/sample-facts.ts';

const DAY_MS = 86_400_000;

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
const UU_DAI = `id: uu-dai
title: Ưu đãi
entry: [{ on: manual }]
steps:
  - id: moi
    offer: THU-MOI
    benefit: Mình dùng thử một tháng ạ.
    accept: { title: Nhận ngay, go: nhan }
    later: { title: Để sau, go: cho }
    decline: { title: Không nhận, go: end }
  - { id: nhan, end: "Dạ em ghi nhận rồi ạ." }
  - { id: cho, wait: 2 days }
  - { id: nhac, end: "Em nhắc mình ưu đãi còn hạn ạ." }
`;
const NGUOI = `id: handover
title: Gặp người
entry: [{ on: says, whole: ["gặp nhân viên"], anywhere: true }]
steps:
  - { id: goi, handover: "Khách muốn gặp nhân viên.", text: "Em chuyển nhân viên ngay ạ." }
`;

function begun(flow: string): Simulation {
  const flows = Object.entries({ hoi: HOI, tiep: TIEP, 'uu-dai': UU_DAI, handover: NGUOI }).map(([id, source]) => {
    const { flow, problems } = readFlow(`${id}.flow.yaml`, source);
    if (flow === null || problems.length > 0) throw new Error(JSON.stringify(problems));
    return compileFlow(flow);
  });
  const facts = sampleFacts('zalo', '2026-11-23T03:00:00Z');
  const chat = createSimulation({ flows, guides: createGuideLibrary([]), facts });
  chat.start(flow);
  return chat;
}

function saidBy(chat: Simulation): string[] {
  return chat.takeEffects().flatMap(({ command }) => {
    return command.type === 'say' && command.message.kind === 'text' ? [command.message.text] : [];
  });
}

test('a leap is whose act it was', () => {
  const tapped = begun('hoi');
  tapped.say('Xem');
  expect([tapped.run?.flow.id, tapped.run?.startedBy]).toEqual(['tiep', 'customer']);
  const silent = begun('hoi');
  silent.advance(2 * DAY_MS);
  expect([silent.run?.flow.id, silent.run?.startedBy]).toEqual(['tiep', 'care']);
});

test('a yes that comes after "later" is taken, with its code', () => {
  const chat = begun('uu-dai');
  chat.say('Để sau');
  expect(chat.run?.step).toBe('cho');
  chat.takeEffects();
  chat.say('Nhận ngay');
  const words = chat.takeEffects().map(({ command }) => command);
  expect(words).toContainEqual(expect.objectContaining({ type: 'record_offer', state: 'accepted', code: 'THU-MOI' }));
});

test('while a person leads nothing is said; handed back, the question is asked again and its silence counted anew', () => {
  const chat = begun('hoi');
  chat.say('gặp nhân viên');
  expect([chat.isWithPerson, chat.run]).toEqual([true, null]);
  chat.takeEffects();
  chat.advance(2 * DAY_MS);
  expect(saidBy(chat)).toEqual([]);
  chat.handBack();
  expect(saidBy(chat)).toEqual(['Chọn giúp em?']);
  chat.advance(DAY_MS);
  expect(saidBy(chat)).toEqual(['Còn gì nữa không?']);
});

test('a script that a person asked for waits until nobody else leads, and is said then', () => {
  const soon = begun('hoi');
  soon.say('gặp nhân viên');
  soon.takeEffects();
  expect(soon.start('tiep')).toBe(true);
  soon.advance(DAY_MS);
  expect(saidBy(soon)).toEqual([]);
  soon.handBack();
  soon.advance(DAY_MS / 24);
  expect(saidBy(soon)).toContain('Còn gì nữa không?');
});
