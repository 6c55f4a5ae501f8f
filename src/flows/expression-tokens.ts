// Conditions, first half: cutting the text into tokens, each with its column.

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
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(source);
    if (match === null || tokens.length >= maxTokens) return unreadable(source, at, tokens.length);
    const column = at + match[0].length - match[0].trimStart().length + 1;
    tokens.push(tokenOf(match, column));
    at = tokenPattern.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', column: source.length + 1 });
  return tokens;
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
  const fix = ['"', "'", '“'].includes(sign)
    ? 'Thêm dấu nháy đóng.'
    : 'Chỉ dùng tên, số, chữ trong nháy, các dấu == != < <= > >= + - * / và các từ and, or, not, in, is empty, has, mentions.';
  return { column, message: `Không hiểu ký tự "${sign}".`, fix };
}
