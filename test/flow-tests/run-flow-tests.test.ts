import { describe, expect, it } from 'vitest';
import { runFlowTests } from '../../src/flow-tests/run-flow-tests.ts';
import { guides, readSteps } from '../flows/sample-run.ts';

const { flow } = readSteps(`  - id: hoi
    choose: Chọn gì ạ?
    options: [{ title: Trà }, { title: Nước, go: nuoc }]
    no_reply: { after: 1 day, go: nuoc }
  - { id: tra, end: Dạ trà }
  - { id: nuoc, end: Dạ nước, if_closed: skip }`);

function report(tests: string) {
  if (flow === null) throw new Error('unreadable');
  return runFlowTests({ flows: [flow], guides, tests: new Map([['thu.test.yaml', tests]]) });
}
const file = (steps: string) => `flow: thu\ntests:\n  - name: Thử\n    channel: zalo\n    steps:\n${steps}`;

describe('flow tests', () => {
  it('are green when all is as written, and count the steps they came to', () => {
    const { problems, coverage, results } = report(
      file(
        '      - event: follow\n      - bot: chọn GÌ\n        choices: [Trà, Nước]\n      - customer: tra\n      - bot: Dạ trà\n      - expect: { ended: true }',
      ),
    );
    expect(problems).toEqual([]);
    expect(results).toMatchObject([{ flow: 'thu', name: 'Thử', channel: 'zalo', problem: null }]);
    expect(coverage).toEqual([{ flow: 'thu', steps: 3, visited: 2, missed: ['nuoc'] }]);
  });

  it.each([
    ['bot: Xin chào', /phải nói "Xin chào" nhưng chỉ nói "Chọn gì ạ\?"/],
    ['{ bot: Chọn, choices: [Trà] }', /\[Trà\] nhưng là \[Trà \| Nước\]/],
    ['bot_messages: 2', /phải gửi 2 tin nhưng gửi 1/],
    ['bot_never_says: chọn', /bot đã nói "chọn"/],
    ['expect: { step: tra }', /step phải là "tra" nhưng là "hoi"/],
    ['expect: { handover: true }', /handover phải là true nhưng là false/],
    ['expect: { offer: { state: sent } }', /phải có record_offer/],
    ['expect: { case: gọi }', /phải có open_case/],
    ['start: { flow: khong_co }', /không có kịch bản "khong_co"/],
  ])('are red at the line: %s', (line, message) => {
    const { problems } = report(file(`      - event: follow\n      - ${line}`));
    expect(problems).toMatchObject([{ code: 'red_test', line: 7, file: 'thu.test.yaml', severity: 'error' }]);
    expect(problems[0]?.message).toMatch(message);
  });

  it.each([
    ['unknown_flow', 'flow: khac\ntests: [{ name: a, steps: [{ event: follow }] }]'],
    ['missing_key', 'flow: thu'],
    ['yaml_syntax', 'flow: [thu'],
  ])('are refused with a place: %s', (code, source) => {
    expect(report(source).problems.map((problem) => problem.code)).toContain(code);
  });

  it('name the word that a line does not know, and those it does', () => {
    const { problems } = report(file('      - event: follow\n      - khach: chào'));
    expect(problems.map(({ code, line }) => [code, line])).toEqual([['unknown_key', 7]]);
    expect(problems[0]?.fix).toContain('customer');
  });

  it('are red where the program would stumble: a script that is not there', () => {
    const { flow } =
      readSteps(`  - { id: hoi, choose: Chọn gì ạ?, options: [{ title: Trà, go: end }], no_reply: { after: 1 day, go: sang } }
  - { id: sang, go: "flow:da-hong" }`);
    if (flow === null) throw new Error('unreadable');
    const lines = '      - event: follow\n      - after: 1 day\n      - bot: Dạ';
    const { problems } = runFlowTests({ flows: [flow], guides, tests: new Map([['thu.test.yaml', file(lines)]]) });
    expect(problems).toMatchObject([{ code: 'red_test', line: 7 }]);
    expect(problems[0]?.message).toContain('dẫn đến kịch bản "da-hong", mà kịch bản ấy không có hoặc đang có lỗi');
  });

  it('let time pass', () => {
    expect(report(file('      - event: follow\n      - after: 1 day\n      - bot: Dạ nước')).problems).toEqual([]);
  });
});
