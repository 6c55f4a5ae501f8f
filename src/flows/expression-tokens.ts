// Conditions, first half: cutting the text into tokens, each with its column.

import { dottedNumber, isDottedNumber } from './misread-values.ts';

export type Token = {
  kind: 'number' | 'string' | 'name' | 'word' | 'sign' | 'end';
  text: string;
  /** From 1, within the condition. */
  column: number;
};

export type ExpressionError = { column: number; message: string; fix: string };

/** Words with a meaning of their own. */
const words: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'in',
  'is',
  'empty',
  'has',
  'mentions',
  'true',
  'false',
]);

const maxLength = 1_000;
const maxTokens = 200;
const tokenPattern =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<string>"[^"\n]*"|'[^'\n]*'|“[^”\n]*”)|(?<name>[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_-]+)*)|(?<sign><=|>=|==|!=|[<>()[\],+\-*/=]))/uy;

/** All tokens and an `end`, or the first place that makes no sense. Linear in the length. */
export function readTokens(source: string): Token[] | ExpressionError {
  if (source.length > maxLength) {
    return { column: 1, message: `Điều kiện dài hơn ${maxLength} ký tự.`, fix: 'Tách thành nhiều nhánh.' };
  }
  const tokens: Token[] = [];
  let at = 0;
  while (source.slice(at).trim() !== '') {
    const date = dateAt(source, at);
    if (date !== null) {
      if (date.iso === null) return wrongDate(date);
      tokens.push({ kind: 'string', text: date.iso, column: date.column });
      at = date.end;
      continue;
    }
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(source);
    if (match === null || tokens.length >= maxTokens) return unreadable(source, at, tokens.length);
    const column = at + match[0].length - match[0].trimStart().length + 1;
    const number =
      match.groups?.number === undefined ? '' : (/^[\d.]+/.exec(source.slice(column - 1, column + 40))?.[0] ?? '');
    if (isDottedNumber(number)) return { column, ...dottedNumber(number) };
    tokens.push(tokenOf(match, column));
    at = tokenPattern.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', column: source.length + 1 });
  return tokens;
}

const datePattern =
  /(?<space>\s*)(?:(?<day>\d{1,2})[/.](?<month>\d{1,2})[/.](?<year>\d{4})|(?<iso>\d{4}-\d{1,2}-\d{1,2}))(?![\d/.-])/uy;

type DateAt = { text: string; iso: string | null; column: number; end: number };

/** 01/12/2027 and 2027-12-01 are dates, not sums. `iso` is null for a day that no calendar has. */
function dateAt(source: string, at: number): DateAt | null {
  datePattern.lastIndex = at;
  const match = datePattern.exec(source);
  if (match === null) return null;
  const { space = '', day, month, year, iso } = match.groups ?? {};
  const [y = '', m = '', d = ''] = iso === undefined ? [year, month, day] : iso.split('-');
  const text = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  const isReal = new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
  const end = datePattern.lastIndex;
  return { text: match[0].trim(), iso: isReal ? text : null, column: at + space.length + 1, end };
}

function wrongDate({ text, column }: DateAt): ExpressionError {
  return { column, message: `Lịch không có ngày "${text}".`, fix: 'Viết ngày/tháng/năm, ví dụ 31/12/2027.' };
}

function tokenOf(match: RegExpExecArray, column: number): Token {
  const { number, string, name, sign } = match.groups ?? {};
  if (number !== undefined) return { kind: 'number', text: number, column };
  if (string !== undefined) return { kind: 'string', text: string.slice(1, -1), column };
  if (name !== undefined) return { kind: words.has(name) ? 'word' : 'name', text: name, column };
  return { kind: 'sign', text: sign ?? '', column };
}

function unreadable(source: string, at: number, count: number): ExpressionError {
  if (count >= maxTokens) return { column: at + 1, message: 'Điều kiện quá dài.', fix: 'Tách thành nhiều nhánh.' };
  const column = at + (source.slice(at).length - source.slice(at).trimStart().length) + 1;
  const sign = source[column - 1] ?? '';
  return { column, message: `Không hiểu ký tự "${sign}".`, fix: cureOf(sign, source.slice(0, column - 1)) };
}

function cureOf(sign: string, before: string): string {
  if (['"', "'", '“'].includes(sign)) return 'Thêm dấu nháy đóng.';
  if (sign === '.' && /\d$/.test(before)) return 'Viết số liền nhau, không có dấu chấm: 1000000.';
  if (sign === '≥' || sign === '≤') return `Viết "${sign === '≥' ? '>=' : '<='}".`;
  if (sign === '&' || sign === '|') return `Viết "${sign === '&' ? 'and' : 'or'}".`;
  if (sign === '!') return 'Viết "not" trước điều kiện, hoặc "!=" là khác.';
  return 'Chỉ dùng tên, số, ngày, chữ trong nháy, các dấu == != < <= > >= + - * / và các từ and, or, not, in, is empty, has, mentions.';
}
