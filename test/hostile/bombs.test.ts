// Files that a marketer's account could be made to upload: bombs, circles, templates that want to run code. Each is
// refused with a reason and a cure, after an amount of work that its size allows. TEMPLATES, LOOPS for longer runs.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runFlowTests } from '../../src/flow-tests/run-flow-tests.ts';
import { readCatalogue } from '../../src/flows/catalogue/read-catalogue.ts';
import { compileFlow } from '../../src/flows/compile-flow.ts';
import { parseExpression } from '../../src/flows/expression.ts';
import { readGuide } from '../../src/flows/guides/read-guide.ts';
import { readJourney } from '../../src/flows/journeys/read-journey.ts';
import { readFlow } from '../../src/flows/read-flow.ts';
import { readYaml } from '../../src/flows/read-yaml.ts';
import { startRun } from '../../src/flows/run-flow.ts';
import { compileTemplate, findTemplateProblems } from '../../src/flows/template.ts';
import { validateFlows } from '../../src/flows/validate-flow.ts';
import { guides, scope } from '../flows/sample-run.ts';
import { attackTexts } from './attack-texts.ts';
import { growsGently } from './growth.ts';

const TEMPLATES = Number(process.env.TEMPLATES ?? 2_000);
const LOOPS = Number(process.env.LOOPS ?? 200);

const head = 'id: thu\ntitle: T\nentry: [{ on: follow }]\n';
const times = (count: number, piece: string | ((n: number) => string), joint = '') =>
  Array.from({ length: count }, (_, n) => (typeof piece === 'string' ? piece : piece(n))).join(joint);

/** Each as large as it is told, in characters. */
const bombs: Record<string, (size: number) => string> = {
  'one long word': (size) => `id: ${'x'.repeat(size)}`,
  'one long line in quotes': (size) => `title: "${'chữ '.repeat(size / 4)}"`,
  'a quote that is never closed': (size) => `title: "${'x\n  '.repeat(size / 4)}`,
  escapes: (size) => `title: "${'\\u0041'.repeat(size / 6)}"`,
  'lists in lists': (size) => '['.repeat(size),
  'maps in maps': (size) => '{ a: '.repeat(size / 5),
  'dashes in a row': (size) => `${'- '.repeat(size / 2)}a`,
  'question marks in a row': (size) => `${'? '.repeat(size / 2)}a`,
  'steps and steps': (size) => `${head}steps:\n${times(size / 24, (n) => `  - { id: a${n}, end: true }\n`)}`,
  'the same step again': (size) => `${head}steps:\n${'  - { id: a, end: true }\n'.repeat(size / 24)}`,
  'the same key again': (size) => 'a: 1\n'.repeat(size / 5),
  'keys without values in one line': (size) => `{${'a,'.repeat(size / 2)}}`,
  'different keys in one line': (size) => `{${times(size / 8, (n) => `k${n}: 1`, ',')}}`,
  'items in one line': (size) => `[${'a,'.repeat(size / 2)}]`,
  'documents in one file': (size) => '---\na\n'.repeat(size / 6),
  comments: (size) => '# x\n'.repeat(size / 4),
  'empty lines': (size) => '\n'.repeat(size),
  spaces: (size) => `a:${' '.repeat(size)}b`,
  'spaces before each line': (size) => `a:\n${`${' '.repeat(100)}- x\n`.repeat(size / 105)}`,
  tabs: (size) => `a:\n${'\t'.repeat(size)}b`,
  tags: (size) => '- !!js/function "return 1"\n'.repeat(size / 27),
  anchors: (size) => times(size / 12, (n) => `- &a${n} x\n`),
  laughs: (size) =>
    `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${times(size / 50, (n) => `a${n + 1}: &a${n + 1} [*a${n},*a${n},*a${n},*a${n},*a${n}]\n`)}`,
  merges: (size) => `a: &a { x: 1 }\n${'b: { <<: *a }\n'.repeat(size / 14)}`,
  'a circle': (size) => `a: &a [*a]\n${'b: *a\n'.repeat(size / 6)}`,
  colons: (size) => 'a:'.repeat(size / 2),
  'exclamation marks': (size) => '!'.repeat(size),
  ampersands: (size) => '&a '.repeat(size / 3),
  pipes: (size) => `a: |\n${'  x\n'.repeat(size / 4)}`,
  'folded lines': (size) => `a: >\n${'  x\n\n'.repeat(size / 5)}`,
  'carriage returns': (size) => 'a: 1\r'.repeat(size / 5),
  'marks of byte order': (size) => '\uFEFF'.repeat(size),
  nothing: (size) => '\u0000'.repeat(size),
  'percent directives': (size) => '%YAML 1.2\n'.repeat(size / 10),
  'closing brackets': (size) => '}'.repeat(size),
  'empty quotes': (size) => '"" '.repeat(size / 3),
  placeholders: (size) => `${head}steps: [{ id: a, say: "${'{x}'.repeat(size / 3)}" }]`,
  conditions: (size) =>
    `${head}steps: [{ id: a, branch: [{ if: "${'(1 and '.repeat(size / 7)}", go: end }], else: end }]`,
};

/** Just below what a file may have. */
const LARGEST = 240_000;
const readers: Record<string, (text: string) => { length: number }> = {
  flow: (text) => {
    const { flow, problems } = readFlow('thu.flow.yaml', text);
    return flow === null ? problems : [...problems, ...validateFlows([flow], { guides })];
  },
  journey: (text) => readJourney('journeys/thu.journey.yaml', text).problems,
  catalogue: (text) => readCatalogue(new Map([['catalogue/offers.yaml', text]]), { guides }).problems,
  guide: (text) => readGuide('guides/thu.md', `---\n${text}\n---\nLời.`).problems,
  'test of a flow': (text) => runFlowTests({ flows: [], guides, tests: new Map([['thu.test.yaml', text]]) }).problems,
};

test.each(Object.entries(bombs))('%s: refused with a reason by whatever reads it', (_what, bomb) => {
  for (const [name, read] of Object.entries(readers)) {
    for (const size of name === 'guide' || name === 'flow' ? [1_000, LARGEST] : [20_000])
      expect(read(bomb(size)).length, `${name} ${size}`).toBeGreaterThan(0);
  }
  expect(readers.flow?.(bomb(10_000_000)).length).toBeGreaterThan(0);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test.each(Object.entries(bombs))('%s: no more work than its size', (_what, bomb) => {
  expect(growsGently(bomb, (text) => readYaml('thu.flow.yaml', text), LARGEST)).toBe(true);
});

test('what is refused says where, what and how to mend it', () => {
  for (const bomb of Object.values(bombs)) {
    const yaml = readYaml('thu.flow.yaml', bomb(LARGEST));
    for (const { line, message, fix } of yaml.ok ? [] : yaml.problems)
      expect([line > 0, message.length > 5 && message.length < 400, fix.length > 5]).toEqual([true, true, true]);
  }
});

test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '$end', '$start', 'a.b', '#a', ''])(
  'a step, variable, option or flow called "%s" is refused',
  (name) => {
    const flows = [
      `${head}steps: [{ id: "${name}", end: true }]`,
      // As a key "__proto__" is left out by what reads records, and was never there.
      `${head}variables: { "${name === '__proto__' ? '_proto' : name}": text }\nsteps: [{ id: a, end: true }]`,
      `${head}steps: [{ id: a, ask: Tên?, save_as: "${name}" }, { id: b, end: true }]`,
      `${head}steps: [{ id: a, go: "${name}" }, { id: b, end: true }]`,
      head.replace('id: thu', `id: "${name}"`).concat('steps: [{ id: a, end: true }]'),
    ];
    // Names like any other, where each name is a key of its own and nothing is inherited.
    const isName = /^[a-z]+$/.test(name);
    for (const source of flows.slice(isName ? 2 : 0, isName ? 4 : 5)) {
      const errors = (readers.flow?.(source) ?? []).length;
      expect(errors, source).toBeGreaterThan(0);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  },
);

/** A circle of steps that never wait, entered from a few that lead there. */
const circle = fc
  .record({
    before: fc.integer({ min: 0, max: 4 }),
    kinds: fc.array(fc.constantFrom('say', 'go', 'branch', 'else', 'remember'), { minLength: 1, maxLength: 9 }),
    back: fc.nat({ max: 8 }),
  })
  .map(({ before, kinds, back }) => {
    const lead = times(
      before,
      (n) => `  - { id: vao_${n}, say: Chào, next: ${n + 1 < before ? `vao_${n + 1}` : 'vong_0'} }\n`,
    );
    const to = (n: number) => (n + 1 < kinds.length ? `vong_${n + 1}` : `vong_${back % kinds.length}`);
    return `${head}variables: { x: text }\nsteps:\n${lead}${kinds.map((kind, n) => `  - ${stepOf(kind, n, to(n))}`).join('\n')}\n`;
  });

function stepOf(kind: string, n: number, to: string): string {
  if (kind === 'go') return `{ id: vong_${n}, go: ${to} }`;
  if (kind === 'branch') return `{ id: vong_${n}, branch: [{ if: channel == "zalo", go: ${to} }], else: ${to} }`;
  if (kind === 'else') return `{ id: vong_${n}, branch: [{ if: channel == "khac", go: end }], else: ${to} }`;
  if (kind === 'remember') return `{ id: vong_${n}, remember: { x: "a" }, next: ${to} }`;
  return `{ id: vong_${n}, say: "Vòng {channel}", next: ${to} }`;
}

test(`${LOOPS} shapes of endless circles: refused when published, and stopped with a person called if they ever ran`, () => {
  for (const source of fc.sample(circle, { numRuns: LOOPS, seed: 33 })) {
    const { flow, problems } = readFlow('thu.flow.yaml', source);
    if (flow === null) throw new Error(`${source}\n${JSON.stringify(problems)}`);
    expect(
      [...problems, ...validateFlows([flow], { guides })].map(({ code }) => code),
      source,
    ).toContain('loop_without_waiting');
    const result = startRun(compileFlow(flow), scope);
    // A step that leads to nothing but itself stands still: the machine does not enter it again.
    const isStill = result.path?.at(-1) === result.step && !result.isDone;
    if (!isStill) expect(result.commands.at(-1), source).toMatchObject({ type: 'hand_over', reason: 'flow_loop' });
    expect(result.path?.length ?? 0, source).toBeLessThanOrEqual(250);
    expect(result.commands.length).toBeLessThanOrEqual(400);
  }
});

const names = [
  'constructor',
  '__proto__',
  'customer',
  'customer.name',
  'x',
  'process',
  'this',
  'globalThis',
  'usage',
  'customer.attributes',
  'since',
  'x.length',
  'toString',
  'Address',
  'require',
];
const template = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '{{',
        '}}',
        '${',
        '#{',
        '<%=',
        '%>',
        '|',
        '"',
        '\u0000',
        '\u202e',
        '{x',
        '{x}',
        '{'.repeat(400),
        '{x}'.repeat(300),
      ),
      fc
        .tuple(
          fc.constantFrom(...names),
          fc.constantFrom(...names),
          fc.constantFrom('.', '[0]', '()', '["x"]', '?.', '(1)', ' | ', ' '),
        )
        .map(([a, b, joint]) => `{${a}${joint}${b}}`),
      fc.constantFrom(...names).map((name) => `{${name} | vnd | date | upper | ${name} | "${name}"}`),
      fc.constantFrom(...attackTexts(200, 11)).map((text) => `{${text}}`),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''));

test(`${TEMPLATES} templates that want to be code: printed or refused, nothing run, never long`, () => {
  const touched: string[] = [];
  const trap = (name: string) => ({ get: () => touched.push(name), enumerable: true, configurable: true });
  const customer = Object.defineProperties(
    { ...scope.facts.customer },
    { secret: trap('secret'), constructor: trap('constructor') },
  );
  const trapped = { ...scope, facts: { ...scope.facts, customer }, variables: { x: 'ă'.repeat(5_000) } };
  const variables = new Set(['x']);
  for (const text of fc.sample(template, { numRuns: TEMPLATES, seed: 11 })) {
    const shown = compileTemplate(text, variables)(trapped);
    expect(shown.length).toBeLessThanOrEqual(8_000);
    if (!text.includes('object')) expect(shown, text).not.toMatch(/\[native code\]|\[object |function \w*\(|=> /);
    for (const { column, name } of findTemplateProblems(text, variables))
      expect(column > 0 && typeof name === 'string').toBe(true);
    const parsed = parseExpression(text.slice(0, 900));
    if (!parsed.ok) expect(parsed.message).not.toBe('');
  }
  expect(touched).toEqual([]);
  expect(
    growsGently(
      (size) => '{x | upper}'.repeat(size / 11),
      (text) => compileTemplate(text, variables)(scope),
      1_000_000,
    ),
  ).toBe(true);
});
