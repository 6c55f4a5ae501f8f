// What a condition says about a run. Missing facts make comparisons false, never an error.
import type { ComparisonSign, Expression } from './expression.ts';
import { saysAny } from './match-phrase.ts';
import { isEmptyValue, nameReader, type RunScope, type Value } from './run-scope.ts';
import { foldText } from './vietnamese-text.ts';

export type Evaluator = (scope: RunScope) => Value;

/** Turns a parsed condition into a function once, so that a turn costs next to nothing. Unknown names read as empty. */
export function compileExpression(expression: Expression, variables: ReadonlySet<string>): Evaluator {
  const compile = (part: Expression): Evaluator => compileExpression(part, variables);
  switch (expression.kind) {
    case 'value':
      return () => expression.value;
    case 'name':
      return nameReader(expression.name, variables) ?? (() => null);
    case 'list': {
      const items = expression.items.map(compile);
      return (scope) => items.map((item) => String(item(scope) ?? ''));
    }
    case 'not': {
      const of = compile(expression.of);
      return (scope) => !isTrue(of(scope));
    }
    case 'empty': {
      const of = compile(expression.of);
      return (scope) => isEmptyValue(of(scope));
    }
    default: {
      const left = compile(expression.left);
      const right = compile(expression.right);
      const combine = combiner(expression);
      return (scope) => combine(left(scope), right(scope));
    }
  }
}

/** False for false, nothing, 0 and empty text. */
export function isTrue(value: Value): boolean {
  return value !== false && value !== 0 && !isEmptyValue(value);
}

function combiner(expression: Extract<Expression, { left: Expression }>): (a: Value, b: Value) => Value {
  switch (expression.kind) {
    case 'and':
      return (a, b) => isTrue(a) && isTrue(b);
    case 'or':
      return (a, b) => isTrue(a) || isTrue(b);
    case 'compare':
      return (a, b) => compareValues(expression.sign, a, b);
    case 'math':
      return (a, b) => calculate(expression.sign, a, b);
    case 'in':
      return (a, b) => listOf(b).some((item) => isSame(a, item));
    case 'has':
      return (a, b) => listOf(a).some((item) => isSame(item, b));
    case 'mentions':
      return (a, b) => saysAny(String(a ?? ''), listOf(b).map(String));
  }
}

function compareValues(sign: ComparisonSign, a: Value, b: Value): boolean {
  if (sign === '==') return isSame(a, b);
  if (sign === '!=') return !isSame(a, b);
  const left = orderOf(a);
  const right = orderOf(b);
  if (left === null || right === null) return false;
  if (sign === '<') return left < right;
  if (sign === '<=') return left <= right;
  return sign === '>' ? left > right : left >= right;
}

/** Words are the same with or without dấu and capitals; "5" is 5. */
function isSame(a: Value, b: Value): boolean {
  if (isEmptyValue(a) || isEmptyValue(b)) return isEmptyValue(a) && isEmptyValue(b);
  if (typeof a === 'boolean' || typeof b === 'boolean') return a === b;
  if (typeof a === 'string' && typeof b === 'string') return foldText(a) === foldText(b);
  return orderOf(a) !== null && orderOf(a) === orderOf(b);
}

function orderOf(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const order = /^\d{4}-\d\d-\d\d/.test(value)
    ? Date.parse(value)
    : /^-?\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : NaN;
  return Number.isNaN(order) ? null : order;
}

function calculate(sign: '+' | '-' | '*' | '/', a: Value, b: Value): Value {
  const left = orderOf(a) ?? 0;
  const right = orderOf(b) ?? 0;
  const result = sign === '+' ? left + right : sign === '-' ? left - right : sign === '*' ? left * right : left / right;
  return Number.isFinite(result) ? result : null;
}

function listOf(value: Value): Value[] {
  if (value === null) return [];
  return Array.isArray(value) ? [...value] : [value];
}
