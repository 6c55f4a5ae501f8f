import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleFacts } from '../../src/flows/sample-facts.ts';
import { compileTemplate, findTemplateProblems, formatVnd } from '../../src/flows/template.ts';
import { guides, scope, tuesdayMorning } from './sample-run.ts';

const variables = new Set(['score', 'ly_do']);
const render = (text: string) => compileTemplate(text, variables)(scope);
const nobody = {
  ...scope,
  facts: sampleFacts('zalo', tuesdayMorning, { customer: { name: null, given_name: null } }),
  guides,
};

describe('filling in texts', () => {
  it.each([
    ['Chào {address} {customer.given_name}!', 'Chào anh/chị Lan!'],
    ['{Address} ơi', 'Anh/chị ơi'],
    ['{subscription.value | vnd}', '1.299.000 ₫'],
    ['{subscription.expires_at | date}', '01/12/2026'],
    ['{subscription.expires_at | datetime}', '09:00 thứ Ba, 01/12/2026'],
    ['{subscription.expires_at | slot}', 'T3 01/12 09:00'],
    ['{customer.phone | "chưa có"}', 'chưa có'],
    ['{ly_do | capital}', 'Đắt quá'],
    ['{usage.appointments.month | number} lịch', '120 lịch'],
    ['{{không phải chỗ điền}}', '{không phải chỗ điền}'],
    ['không có gì', 'không có gì'],
  ])('%s → %s', (text, wanted) => {
    expect(render(text)).toBe(wanted);
  });

  it('leaves no hole where a name is missing', () => {
    const text = compileTemplate('Chào {address} {customer.given_name}, em là  {business.name} !', variables);
    expect(text(nobody)).toBe('Chào anh/chị, em là Gắn Bó!');
    expect(compileTemplate('{customer.given_name | "mình"} ơi', variables)(nobody)).toBe('mình ơi');
  });

  it('writes đồng with dots', () => {
    expect([formatVnd(0), formatVnd(999), formatVnd(1_000), formatVnd(1_234_567.6)]).toEqual([
      '0 ₫',
      '999 ₫',
      '1.000 ₫',
      '1.234.568 ₫',
    ]);
  });
});

describe('texts that are not what they seem', () => {
  it.each([
    '{constructor.constructor("return process")()}',
    '{__proto__.polluted}',
    '{customer.__proto__}',
    '{usage.constructor}',
    '{customer.attributes.__proto__}',
    '{facts.customer.name}',
    '{ly_do.length}',
    '{7*7}',
    '{customer.name; drop}',
    '{#each x}',
  ])('prints %s as it stands, and reports it', (text) => {
    expect(render(text)).toBe(text);
    expect(findTemplateProblems(text, variables).length).toBeGreaterThan(0);
  });

  it('never reads a value as a template again', () => {
    const text = compileTemplate('{ly_do}', variables);
    expect(text({ ...scope, variables: { ly_do: '{customer.name} {{x}} {1}' } })).toBe('{customer.name} {{x}} {1}');
  });

  it('stays short whatever is filled in', () => {
    const text = compileTemplate('{ly_do}'.repeat(200), variables);
    expect(text({ ...scope, variables: { ly_do: 'ă'.repeat(100_000) } }).length).toBeLessThanOrEqual(8_000);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.stringMatching(/^[{}|"a-z. ]{0,60}$/), (a, b) => {
        expect(typeof render(a + b)).toBe('string');
        findTemplateProblems(a + b, variables);
      }),
      { numRuns: 500 },
    );
  });

  it('points at what is unknown', () => {
    expect(findTemplateProblems('Chào {custmer.name} {ly_do | vnnd}', variables)).toEqual([
      { code: 'unknown_name', column: 7, name: 'custmer.name' },
      { code: 'unknown_filter', column: 22, name: 'vnnd' },
    ]);
  });
});
