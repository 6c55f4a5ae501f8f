import { describe, expect, it } from 'vitest';
import { readFlow } from '../../src/flows/read-flow.ts';
import { validateFlows } from '../../src/flows/validate-flow.ts';
import { problemsOf, readSteps } from './sample-run.ts';

const end = '  - { id: xong, end: true }';
const found = (steps: string, rest = '') => problemsOf(steps, rest).map(({ code }) => code);

describe('every mistake has its code, its line and a cure', () => {
  it.each<[code: string, line: number, fix: RegExp, steps: string, rest?: string]>([
    ['unknown_target', 6, /"xong"/, `  - { id: a, say: Chào, next: xongg }\n${end}`],
    ['unknown_flow', 6, /thu/, `  - { id: a, go: "flow:thuu" }\n${end}`],
    ['unknown_target', 6, /"a"/, `  - { id: a, go: "flow:thu/aa" }\n${end}`],
    ['duplicate_id', 7, /Đổi tên/, `  - { id: a, say: Một }\n  - { id: a, say: Hai }\n${end}`],
    ['reserved_id', 6, /ket_thuc/, '  - { id: end, end: true }'],
    ['unknown_variable', 6, /customer.given_name/, `  - { id: a, say: "Chào {customer.givenname}" }\n${end}`],
    [
      'unknown_variable',
      7,
      /"diem"/,
      `  - id: a\n    branch: [{ if: diemm > 2, go: xong }]\n    else: xong\n${end}`,
      'variables: { diem: number }',
    ],
    ['unknown_variable', 6, /variables/, `  - { id: a, ask: Tên?, save_as: ten }\n${end}`],
    ['unknown_filter', 6, /vnd/, `  - { id: a, say: "{subscription.value | vndd}" }\n${end}`],
    ['bad_placeholder', 6, /\{tên\}/, `  - { id: a, say: "Chào {tên khách!}" }\n${end}`],
    ['bad_condition', 7, /"=="/, `  - id: a\n    branch: [{ if: channel = "zalo", go: xong }]\n    else: xong\n${end}`],
    [
      'bad_condition',
      7,
      /10000/,
      `  - id: a\n    branch: [{ if: usage.appointments > 10.000, go: xong }]\n    else: xong\n${end}`,
    ],
    ['doubled_braces', 6, /\{business.name\}/, `  - { id: a, say: "Chào {{business.name}}" }\n${end}`],
    ['missing_else', 7, /else/, `  - id: a\n    branch: [{ if: channel == "zalo", go: xong }]\n${end}`],
    ['unreachable_step', 7, /next: b/, `  - { id: a, say: Chào, next: xong }\n  - { id: b, say: Lạc }\n${end}`],
    ['dead_end', 6, /next: end/, '  - { id: a, say: Chào }'],
    ['loop_without_waiting', 6, /ask, choose/, '  - { id: a, say: Chào }\n  - { id: b, go: a }'],
    [
      'endless_reminder',
      6,
      /no_reply/,
      '  - { id: a, say: Nhắc, if_closed: skip }\n  - { id: b, wait: 2 days, next: a }',
    ],
    ['unknown_guide', 6, /"tao-lich-hen"/, `  - { id: a, guide: show, topic: tao-lich-hn }\n${end}`],
    ['unknown_template', 6, /"gia_han_v1"/, `  - { id: a, say: Chào, if_closed: { template: gia_han_v2 } }\n${end}`],
    ['unknown_about', 6, /survey/, `  - { id: a, ask: Sao?, save_as: x, about: b }\n${end}`, 'variables: { x: text }'],
    ['reserved_name', 4, /khach/, `  - { id: a, end: true }`, 'variables: { customer: text }'],
    [
      'same_wording',
      6,
      /Đổi chữ/,
      `  - { id: a, choose: Gì?, options: [{ title: Có }, { title: Ừ, also: [có] }], next: xong }\n${end}`,
    ],
    ['bad_score', 6, /1–5/, `  - { id: a, survey: csat, text: Sao?, scores: [{ score: "1-6", go: xong }] }\n${end}`],
    [
      'title_too_long',
      6,
      /short/,
      `  - { id: a, choose: Gì?, options: [{ title: Một cái nút dài hơn hai mươi }] }\n${end}`,
    ],
    ['text_too_long', 6, /zalo/, `  - { id: a, say: "${'dài '.repeat(600)}" }\n${end}`],
    ['window_may_close', 7, /if_closed/, `  - { id: a, wait: 3 days }\n  - { id: b, say: Nhắc }\n${end}`],
    ['unknown_key', 6, /"next"/, `  - { id: a, say: Chào, nxet: xong }\n${end}`],
    ['unknown_kind', 6, /"say"/, `  - { id: a, sya: Chào }\n${end}`],
    ['two_kinds', 6, /hai bước/, `  - { id: a, say: Chào, ask: Tên? }\n${end}`],
    ['missing_kind', 6, /làm gì/, `  - { id: a }\n${end}`],
    ['missing_key', 6, /save_as/, `  - { id: a, ask: Tên? }\n${end}`],
    ['invalid_value', 6, /2 days/, `  - { id: a, wait: hai ngày }\n${end}`],
    ['missing_key', 3, /whole/, end, 'settings: {}\nentry: [{ on: says }]'],
  ])('%s on line %i', (code, line, fix, steps, rest = 'variables: {}') => {
    const isEntry = rest.includes('entry:');
    const source = isEntry ? readWithEntry(steps) : problemsOf(steps, rest);
    const problem = source.find((candidate) => candidate.code === code);
    expect(source.map((candidate) => candidate.code)).toContain(code);
    expect(problem?.line).toBe(line);
    expect(problem?.fix).toMatch(fix);
    expect(problem?.message).not.toBe('');
  });

  function readWithEntry(steps: string) {
    const { flow, problems } = readFlow(
      'thu.flow.yaml',
      `id: thu\ntitle: Thử\nentry: [{ on: says }]\nsteps:\n${steps}`,
    );
    return [...problems, ...(flow === null ? [] : validateFlows([flow]))];
  }

  it('tells all of them at once, with step and column', () => {
    const problems = problemsOf(
      '  - { id: a, say: "Chào {custmer.name}", next: bb }\n  - { id: b, wait: 3 dayz }\n  - { id: c, sayy: Hi }',
    );
    expect(problems.map(({ code, step }) => [code, step])).toEqual(
      expect.arrayContaining([
        ['unknown_variable', 'a'],
        ['unknown_target', 'a'],
        ['unknown_kind', 'c'],
      ]),
    );
    expect(problems.find(({ code }) => code === 'unknown_variable')?.column).toBe(26);
  });

  it('counts the buttons of each channel', () => {
    const options = Array.from({ length: 6 }, (_, index) => `{ title: Nút ${index} }`).join(', ');
    const problems = problemsOf(`  - { id: a, choose: Gì?, options: [${options}] }\n${end}`);
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['too_many_buttons', expect.stringContaining('Zalo chỉ cho 5')],
    ]);
  });

  it('knows how long the customer may have been silent', () => {
    const ask =
      '  - { id: hoi, choose: Gì?, options: [{ title: Có }], no_reply: { after: 20 hours, go: nhac }, next: end }';
    expect(found(`${ask}\n  - { id: nhac, say: Nhắc, next: end }`)).toEqual([]);
    expect(found(`${ask.replace('20 hours', '25 hours')}\n  - { id: nhac, say: Nhắc, next: end }`)).toEqual([
      'window_may_close',
    ]);
    expect(
      found(
        `${ask.replace('20 hours', '25 hours')}\n  - { id: nhac, say: Nhắc, next: end }`,
        'settings: { if_closed: skip }',
      ),
    ).toEqual([]);
    expect(
      found(`  - { id: cho, wait: 3 days, if_customer_writes: continue }\n  - { id: b, say: Nhắc, next: end }`),
    ).toEqual(['window_may_close']);
  });

  it('finds nothing wrong with a good flow', () => {
    expect(found(`  - { id: a, say: "Chào {address}" }\n${end}`)).toEqual([]);
  });

  it('sees circles over two flows', () => {
    const other = readFlow(
      'hai.flow.yaml',
      'id: hai\ntitle: Hai\nentry: [{ on: manual }]\nsteps: [{ id: b, go: "flow:thu" }]',
    ).flow;
    const { flow } = readSteps('  - { id: a, go: "flow:hai" }');
    if (flow === null || other === null) throw new Error('unreadable');
    expect(validateFlows([flow, other]).map(({ code }) => code)).toEqual([
      'loop_without_waiting',
      'loop_without_waiting',
    ]);
  });
});

describe('names beside the flows', () => {
  const uuDai = `  - id: moi
    offer: GIAHAN-TANG
    benefit: Tặng mình ạ.
    accept: { title: Nhận ngay, go: end }
    later: { title: Để sau, go: end }
    decline: { title: Không nhận, go: end }
`;

  it.each([
    { offers: null, codes: [] },
    { offers: ['GIAHAN-TANG', 'KHAC'], codes: [] },
    { offers: ['GIAHAN-TANG2THANG', 'KHAC'], codes: ['unlisted_offer'] },
  ])('an offer that the catalogue does not list is a reminder with the nearest code: $offers', ({ offers, codes }) => {
    const { flow } = readSteps(uuDai);
    if (flow === null) throw new Error('unreadable');
    const problems = validateFlows([flow], { offers }).filter(({ code }) => code === 'unlisted_offer');
    expect(problems.map(({ code }) => code)).toEqual(codes);
    for (const problem of problems) {
      expect(problem).toMatchObject({ severity: 'warning', step: 'moi', line: expect.any(Number) });
      expect(problem.fix).toContain('GIAHAN-TANG2THANG');
    }
  });

  it('of two files with one id the one with another name is to change', () => {
    const source = 'id: chao\ntitle: Chào\nentry: [{ on: manual }]\nsteps: [{ id: b, end: "Dạ." }]';
    const files = ['a-ban-sao', 'chao', 'z-ban-sao'].map((name) => readFlow(`${name}.flow.yaml`, source).flow);
    const twins = validateFlows(files.filter((flow) => flow !== null)).filter(({ code }) => code === 'duplicate_flow');
    expect(twins.map(({ file }) => file)).toEqual(['a-ban-sao.flow.yaml', 'z-ban-sao.flow.yaml']);
  });
});

describe('files that are no flows', () => {
  it.each<[string, string]>([
    ['yaml_syntax', 'id: [thu'],
    ['yaml_tab', 'id: thu\nsteps:\n\t- id: a'],
    ['duplicate_key', 'id: thu\nid: hai'],
    ['yaml_alias', 'id: &x thu\ntitle: *x'],
    ['wrong_type', 'xin chào'],
    ['empty_file', ''],
    ['empty_file', '# chỉ có lời nhắc'],
    ['not_utf8', 'id: khuy\uFFFDn-m\uFFFDi'],
    ['yaml_hard_space', 'id: thu\ntitle:\u00A0Thử\nsteps:\n  - id: a\n\u00A0   say: Chào'],
    ['file_too_big', 'x'.repeat(10_000_000)],
    ['file_too_deep', '['.repeat(10_000)],
    ['file_too_deep', `a: ${'{ a: '.repeat(10_000)}`],
    ['file_too_deep', `${'- '.repeat(10_000)}a`],
    ['file_too_deep', Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}a:`).join('\n')],
    ['wrong_size', `id: thu\ntitle: T\nentry: [{ on: follow }]\nsteps:\n${'  - {id: a, end: true}\n'.repeat(501)}`],
    ['wrong_size', `id: thu\ntitle: ${'x'.repeat(200_000)}\nentry: [{ on: follow }]\nsteps: [{ id: a, end: true }]`],
    [
      'unknown_key',
      'id: thu\ntitle: T\nentry: [{ on: follow }]\nsteps: [{ id: a, end: true }]\n__proto__: { polluted: true }',
    ],
    ['invalid_value', 'id: thu\ntitle: T\nentry: [{ on: follow }]\nsteps: [{ id: __proto__, end: true }]'],
    ['name_mismatch', 'id: khac\ntitle: T\nentry: [{ on: follow }]\nsteps: [{ id: a, end: true }]'],
  ])('%s', (code, source) => {
    const { problems } = readFlow('thu.flow.yaml', source);
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
