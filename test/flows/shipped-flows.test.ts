import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFolderTexts } from '../../src/flow-library/read-flow-files.ts';
import { runFlowTests } from '../../src/flow-tests/run-flow-tests.ts';
import { createSimulation } from '../../src/flow-tests/simulate-conversation.ts';
import { buildFlows } from '../../src/flows/build-flows.ts';
import { channelLimits } from '../../src/flows/channel-limits.ts';
import { createGuideLibrary, type GuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { readGuidesDirectory } from '../../src/flows/guides/read-guides-directory.ts';
import { makeFlowJsonSchema, makeTestJsonSchema } from '../../src/flows/make-json-schema.ts';
import { type FlowFile, readFlow } from '../../src/flows/read-flow.ts';
import { sampleFacts } from '../../src/flows/sample-facts.ts';
import { tuesdayMorning } from './sample-run.ts';

let files: Awaited<ReturnType<typeof readFolderTexts>>;
let guides: GuideLibrary;
let flows: FlowFile[];

beforeAll(async () => {
  files = await readFolderTexts('flows');
  guides = createGuideLibrary((await readGuidesDirectory('flows/guides')).guides);
  flows = [...files.flows].flatMap(([path, source]) => readFlow(path, source).flow ?? []);
});

const simulate = (channel: 'zalo' | 'messenger', form: string | null = null) => {
  const { built } = buildFlows(
    [...files.flows].map(([path, source]) => ({ path, source })),
    { guides },
  );
  const facts = sampleFacts(channel, tuesdayMorning, { customer: { form_of_address: form } });
  return createSimulation({ flows: built.map(({ flow }) => flow), guides, facts });
};

describe('the flows that ship', () => {
  it('have no problems at all', () => {
    const { problems, built } = buildFlows(
      [...files.flows].map(([path, source]) => ({ path, source })),
      { guides },
    );
    expect(problems).toEqual([]);
    expect(built.map(({ flow }) => flow.id)).toEqual(
      expect.arrayContaining([
        'handover',
        'how-to',
        'opt-out',
        'renewal-offer',
        'satisfaction-survey',
        'training',
        'welcome',
      ]),
    );
  });

  it('pass their own tests, and the tests come to every step', () => {
    const report = runFlowTests({ flows, guides, tests: files.tests });
    expect(report.problems).toEqual([]);
    expect(report.coverage.filter(({ missed }) => missed.length > 0)).toEqual([]);
    expect(report.results.length).toBeGreaterThan(80);
  });

  it.each(['zalo', 'messenger'] as const)('welcome on %s with one message and three choices that fit', (channel) => {
    const simulation = simulate(channel, 'chị');
    simulation.occur('follow');
    const said = simulation.takeEffects().filter(({ command }) => command.type === 'say');
    expect(said).toHaveLength(1);
    const command = said[0]?.command;
    if (command?.type !== 'say' || command.message.kind !== 'text') throw new Error('no text');
    expect(command.message.text).toMatch(/^Chào chị Lan, /);
    expect(command.message.choices.map(({ title }) => title)).toEqual([
      'Hướng dẫn sử dụng',
      'Đặt lịch đào tạo',
      'Gặp nhân viên',
    ]);
    expect(Math.max(...command.message.choices.map(({ title }) => title.length))).toBeLessThanOrEqual(20);
  });

  it.each(['zalo', 'messenger'] as const)('give one answer to a topic, however it is asked for on %s', (channel) => {
    const answers = [
      'hướng dẫn tạo lịch hẹn',
      'cho mình hỏi tạo lịch hẹn làm thế nào vậy',
      'huong dan tao lich hen',
    ].map((text) => {
      const simulation = simulate(channel);
      simulation.say(text);
      return simulation.takeEffects().find(({ command }) => command.type === 'say')?.command;
    });
    const tapped = simulate(channel);
    tapped.say('hướng dẫn');
    const list = tapped.takeEffects().find(({ command }) => command.type === 'say')?.command;
    const choices = list?.type === 'say' && list.message.kind === 'text' ? list.message.choices : [];
    expect(choices.length).toBeGreaterThanOrEqual(2);
    expect(choices.every(({ title }) => title.length <= channelLimits[channel].choiceTitle)).toBe(true);
    tapped.say('Tạo lịch hẹn');
    const answer = tapped.takeEffects().find(({ command }) => command.type === 'say')?.command;
    for (const other of answers) expect(other).toMatchObject({ message: answer?.type === 'say' ? answer.message : {} });
  });

  it.each(['dừng', 'STOP', 'hủy đăng ký', 'huy dang ky', 'Huỷ đăng ký'])(
    '"%s" opts out in the middle of anything',
    (words) => {
      for (const begin of [null, 'welcome', 'how-to', 'training', 'satisfaction-survey', 'renewal-offer']) {
        const simulation = simulate('zalo');
        if (begin !== null) simulation.start(begin);
        simulation.takeEffects();
        simulation.say(words);
        expect(simulation.takeEffects().map(({ command }) => command.type)).toEqual(['say', 'opt_out']);
      }
    },
  );

  it.each(['gặp nhân viên', 'gap nv', 'tư vấn viên', 'em muốn khiếu nại'])(
    '"%s" calls a person in the middle of anything',
    (words) => {
      for (const begin of [null, 'welcome', 'how-to', 'training', 'satisfaction-survey', 'renewal-offer']) {
        const simulation = simulate('messenger');
        if (begin !== null) simulation.start(begin);
        simulation.takeEffects();
        simulation.say(words);
        expect(simulation.takeEffects().map(({ command }) => command.type)).toEqual(['say', 'hand_over']);
        expect(simulation.isWithPerson).toBe(true);
      }
    },
  );

  it('let every waiting step lead to a person', () => {
    for (const flow of flows) {
      for (const step of flow.steps.filter(({ waits }) => waits)) {
        const simulation = simulate('zalo');
        simulation.start(flow.id, { at: step.id });
        simulation.say('gặp nhân viên');
        expect(simulation.isWithPerson, `${flow.id}/${step.id}`).toBe(true);
      }
    }
  });
});

describe('the published JSON Schemas', () => {
  it.each([
    ['flows/flow.schema.json', makeFlowJsonSchema],
    ['flows/test.schema.json', makeTestJsonSchema],
  ])('%s is fresh (node scripts/make-flow-schema.ts)', async (path, make) => {
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(make())));
  });
});
