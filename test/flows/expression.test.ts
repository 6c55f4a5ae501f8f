import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, isTrue } from '../../src/flows/evaluate-expression.ts';
import { parseExpression } from '../../src/flows/expression.ts';
import { scope } from './sample-run.ts';

const variables = new Set(['score', 'ly_do']);

function evaluate(source: string): unknown {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(parsed.message);
  return compileExpression(parsed.expression, variables)(scope);
}

describe('what conditions mean', () => {
  it.each([
    ['usage.appointments.month > 100 and usage.branches >= 5', true],
    ['usage.appointments.month > 100 and usage.branches > 5', false],
    ['subscription.days_left <= 7', true],
    ['score <= 2', true],
    ['score == "2"', true],
    ['not score == 2', false],
    ['customer.industry == "spa"', true],
    ['customer.industry != "đào tạo"', true],
    ['subscription.plan == "co ban"', true],
    ['customer.tags has "VIP"', true],
    ['customer.tags has "mới"', false],
    ['customer.phone is empty', true],
    ['customer.given_name is not empty', true],
    ['subscription.plan in ["Cơ bản", "Nâng cao"]', true],
    ['score not in [1, 2]', false],
    ['ly_do mentions ["đắt", "giá cao"]', true],
    ['ly_do mentions "chậm"', false],
    ['subscription.expires_at > now', true],
    ['usage.unknown_metric > 0', false],
    ['usage.unknown_metric < 1', false],
    ['customer.attributes.size + 2 == 5', true],
    ['10 / 0 is empty', true],
    ['score - -1 == 3', true],
    ['(score == 1 or score == 2) and channel == "zalo"', true],
    ['true or score == 9', true],
    ['subscription.expires_at > 01/12/2020', true],
    ['subscription.expires_at < 2020-12-01', false],
    ['subscription.expires_at < 1.12.2020 or 31/12/2020 > 2020-12-30', true],
    ['6 / 2 == 3', true],
  ])('%s → %s', (source, wanted) => {
    expect(isTrue(evaluate(source) as never)).toBe(wanted);
  });
});

it.each([
  ['score lớn hơn 100', /">"/],
  ['score nhỏ hơn 100', /"<"/],
  ['customer.tags có "vip"', /"has"/],
  ['ly_do contains "đắt"', /"mentions"/],
  ['không score', /"not"/],
  ['score => 100', /">="/],
  ['score =< 100', /"<="/],
  ['score ≥ 100', /">="/],
  ['score > 1 AND score < 5', /"and"/],
  ['score > 1 && score < 5', /"and"/],
  ['score > 1.000.000', /1000000/],
  ['score x 2', /"\*"/],
])('%s is cured by %s', (source, fix) => {
  const parsed = parseExpression(source);
  expect(parsed.ok ? '' : parsed.fix).toMatch(fix);
});

describe('what conditions refuse, and where', () => {
  it.each([
    ['score = 2', 7, /"=" không dùng/],
    ['score >', 8, /kết thúc giữa chừng/],
    ['score > 2 plan', 11, /Thừa "plan"/],
    ['(score > 2', 11, /Thiếu dấu "\)"/],
    ['score is 2', 10, /"is" phải là "empty"/],
    ['score > $2', 9, /ký tự "\$"/],
    ['name == "x', 9, /ký tự """/],
    [`${'('.repeat(40)}1${')'.repeat(40)}`, 31, /quá sâu/],
    ['x'.repeat(1001), 1, /dài hơn/],
    ['subscription.plan == "a" or "b"', 29, /đứng một mình/],
    ['score > 1 and 5', 15, /đứng một mình/],
    ['now < "23:59"', 7, /không phải số hay ngày/],
    ['now > "31/12/2026"', 7, /không phải số hay ngày/],
    ['now > 31/2/2027', 7, /Lịch không có ngày "31\/2\/2027"/],
  ])('%s at column %i', (source, column, message) => {
    const parsed = parseExpression(source);
    expect(parsed).toMatchObject({ ok: false, column });
    expect(parsed.ok ? '' : parsed.message).toMatch(message);
  });

  it('reads nothing but facts and variables', () => {
    for (const name of [
      '__proto__',
      'constructor',
      'customer.constructor',
      'usage.__proto__',
      'customer.attributes.constructor',
      'process.env',
      'facts.now',
    ]) {
      expect(isTrue(evaluate(`${name} is empty`) as never), name).toBe(true);
    }
  });

  it('ends at once for any text, with a result or a place', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^[()[\]a-z0-9 <>=!."+*/-]{0,200}$/)),
        (source) => {
          const parsed = parseExpression(source);
          if (parsed.ok) compileExpression(parsed.expression, variables)(scope);
          else expect(parsed.column).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
