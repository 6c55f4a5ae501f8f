// Conditions, second half: the tiny safe language of `if:`. Own parser, no eval, no regular expressions of the author's,
// nothing reachable but facts and variables; bounded in length and depth, so it always ends at once.
import { type ExpressionError, readTokens, type Token } from './expression-tokens.ts';

export type ComparisonSign = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Expression =
  | { kind: 'value'; value: string | number | boolean }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'name'; name: string; column: number }
  | { kind: 'not'; of: Expression }
  | { kind: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'compare'; sign: ComparisonSign; left: Expression; right: Expression }
  | { kind: 'math'; sign: '+' | '-' | '*' | '/'; left: Expression; right: Expression }
  | { kind: 'in' | 'has' | 'mentions'; left: Expression; right: Expression }
  | { kind: 'empty'; of: Expression };

export type ParsedExpression =
  | { ok: true; expression: Expression; names: { name: string; column: number }[] }
  | ({ ok: false } & ExpressionError);

const maxDepth = 30;
class UnreadableExpression extends Error {
  readonly problem: ExpressionError;
  constructor(problem: ExpressionError) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Parses a condition; columns count from 1 within `source`. */
export function parseExpression(source: string): ParsedExpression {
  const tokens = readTokens(source);
  if (!Array.isArray(tokens)) return { ok: false, ...tokens };
  const reader = new ExpressionReader(tokens);
  try {
    const expression = reader.readWhole();
    return { ok: true, expression, names: reader.names };
  } catch (error) {
    if (error instanceof UnreadableExpression) return { ok: false, ...error.problem };
    throw error;
  }
}

class ExpressionReader {
  readonly names: { name: string; column: number }[] = [];
  private readonly tokens: Token[];
  private at = 0;
  private depth = 0;

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  readWhole(): Expression {
    const expression = this.readOr();
    const rest = this.peek();
    if (rest.text === '=') this.failAtEquals(rest);
    if (rest.kind !== 'end') this.fail(rest, `Thừa "${rest.text}" ở đây.`, cureOfRest(rest, this.tokens[this.at - 1]));
    return expression;
  }

  private readOr(): Expression {
    this.depth += 1;
    if (this.depth > maxDepth) this.fail(this.peek(), 'Lồng ngoặc quá sâu.', 'Tách thành nhiều nhánh.');
    let left = this.readAnd();
    while (this.takes('or')) left = { kind: 'or', left, right: this.judgement('or', () => this.readAnd()) };
    this.depth -= 1;
    return left;
  }

  private readAnd(): Expression {
    let left = this.readNot();
    while (this.takes('and')) left = { kind: 'and', left, right: this.judgement('and', () => this.readNot()) };
    return left;
  }

  /** `plan == "a" or "b"` would always hold: a word by itself says nothing. */
  private judgement(word: 'and' | 'or', read: () => Expression): Expression {
    const token = this.peek();
    const expression = read();
    if (expression.kind !== 'value' || typeof expression.value === 'boolean') return expression;
    return this.fail(
      token,
      `Sau "${word}" là "${token.text}" đứng một mình, không so sánh với gì.`,
      `Viết lại cả vế, ví dụ tên == "a" ${word} tên == "b"; hoặc một trong nhiều chữ: tên in ["a", "b"].`,
    );
  }

  private readNot(): Expression {
    let negated = false;
    while (this.takes('not')) negated = !negated;
    const of = this.readComparison();
    return negated ? { kind: 'not', of } : of;
  }

  private readComparison(): Expression {
    const left = this.readSum();
    const sign = comparisonSign(this.peek().text);
    if (sign !== null && this.peek().kind === 'sign') {
      this.at += 1;
      const token = this.peek();
      const right = this.readSum();
      if (!sign.includes('=') || sign === '<=' || sign === '>=') this.mustHaveOrder(token, right);
      return { kind: 'compare', sign, left, right };
    }
    if (this.takes('is')) return this.readIs(left);
    if (this.takes('has')) return { kind: 'has', left, right: this.readSum() };
    if (this.takes('mentions')) return { kind: 'mentions', left, right: this.readSum() };
    if (this.takes('in')) return { kind: 'in', left, right: this.readSum() };
    if (this.takes('not')) {
      if (!this.takes('in'))
        this.fail(this.peek(), 'Sau "not" ở đây phải là "in".', 'Ví dụ: plan not in ["basic", "pro"].');
      return { kind: 'not', of: { kind: 'in', left, right: this.readSum() } };
    }
    return left;
  }

  /** Words are neither greater nor less: such a comparison would never hold. */
  private mustHaveOrder(token: Token, side: Expression): void {
    if (side.kind !== 'value' || typeof side.value !== 'string' || /^(\d{4}-\d\d-\d\d|-?\d+(\.\d+)?$)/.test(side.value))
      return;
    const message = `"${side.value}" không phải số hay ngày nên không so lớn bé được.`;
    this.fail(token, message, 'Viết số (100) hoặc ngày (31/12/2027), không đặt trong nháy.');
  }

  private failAtEquals(token: Token): never {
    const after = this.tokens[this.at + 1]?.text;
    if (after === '>' || after === '<') this.fail(token, `Không có dấu "=${after}".`, `Viết "${after}=".`);
    return this.fail(token, 'Dấu "=" không dùng để so sánh.', 'Viết "==" để so sánh bằng.');
  }

  private readIs(left: Expression): Expression {
    const negated = this.takes('not');
    if (!this.takes('empty'))
      this.fail(this.peek(), 'Sau "is" phải là "empty".', 'Ví dụ: customer.phone is not empty.');
    return negated ? { kind: 'not', of: { kind: 'empty', of: left } } : { kind: 'empty', of: left };
  }

  private readSum(): Expression {
    let left = this.readProduct();
    for (let sign = this.takesSign('+', '-'); sign !== null; sign = this.takesSign('+', '-')) {
      left = { kind: 'math', sign, left, right: this.readProduct() };
    }
    return left;
  }

  private readProduct(): Expression {
    let left = this.readSimple();
    for (let sign = this.takesSign('*', '/'); sign !== null; sign = this.takesSign('*', '/')) {
      left = { kind: 'math', sign, left, right: this.readSimple() };
    }
    return left;
  }

  private readSimple(): Expression {
    const token = this.peek();
    this.at += 1;
    if (token.kind === 'number') return { kind: 'value', value: Number(token.text) };
    if (token.kind === 'string') return { kind: 'value', value: token.text };
    if (token.kind === 'name') {
      this.names.push({ name: token.text, column: token.column });
      return { kind: 'name', name: token.text, column: token.column };
    }
    if (token.text === 'true' || token.text === 'false') return { kind: 'value', value: token.text === 'true' };
    if (token.text === '-' && this.peek().kind === 'number') {
      this.at += 1;
      return { kind: 'value', value: -Number(this.tokens[this.at - 1]?.text) };
    }
    if (token.text === '(') return this.closing(this.readOr(), ')');
    if (token.text === '[') return this.readList();
    const found = token.kind === 'end' ? 'Điều kiện kết thúc giữa chừng.' : `Không mong đợi "${token.text}" ở đây.`;
    return this.fail(token, found, 'Ở đây cần một tên, một số hoặc chữ trong dấu nháy.');
  }

  private readList(): Expression {
    const items: Expression[] = [];
    if (this.peek().text !== ']') {
      do items.push(this.readSum());
      while (this.takesSign(',') !== null);
    }
    return this.closing({ kind: 'list', items }, ']');
  }

  private closing(expression: Expression, sign: string): Expression {
    if (this.peek().text !== sign) this.fail(this.peek(), `Thiếu dấu "${sign}".`, `Thêm "${sign}" ở đây.`);
    this.at += 1;
    return expression;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '', column: 1 };
  }

  private takes(word: string): boolean {
    const token = this.peek();
    if (token.kind !== 'word' || token.text !== word) return false;
    this.at += 1;
    return true;
  }

  private takesSign<S extends string>(...signs: S[]): S | null {
    const token = this.peek();
    const found = token.kind === 'sign' ? signs.find((sign) => sign === token.text) : undefined;
    if (found === undefined) return null;
    this.at += 1;
    return found;
  }

  private fail(token: Token, message: string, fix: string): never {
    throw new UnreadableExpression({ column: token.column, message, fix });
  }
}

/** What people write in their own language, and what it is called here. */
const inOtherWords: readonly (readonly [words: readonly string[], cure: string])[] = [
  [['lớn', 'nhiều', 'trên', 'cao', 'hơn', 'sau'], 'Viết ">" (lớn hơn, sau ngày) hoặc ">=" (từ đó trở lên).'],
  [['nhỏ', 'bé', 'ít', 'dưới', 'thấp', 'trước'], 'Viết "<" (nhỏ hơn, trước ngày) hoặc "<=" (từ đó trở xuống).'],
  [['bằng', 'là'], 'Viết "==".'],
  [['khác'], 'Viết "!=".'],
  [
    ['có', 'contains', 'chứa', 'gồm', 'bao', 'nhắc'],
    'Viết "has" (danh sách có mục ấy) hoặc "mentions" (câu chữ nhắc đến).',
  ],
  [['và', 'AND'], 'Viết "and".'],
  [['hoặc', 'hay', 'OR'], 'Viết "or".'],
  [['x', 'nhân'], 'Viết "*" để nhân.'],
];

function cureOfRest(rest: Token, before: Token | undefined): string {
  if (before?.kind === 'name' && ['không', 'NOT', 'chưa'].includes(before.text)) return 'Viết "not" trước điều kiện.';
  const found = inOtherWords.find(([words]) => words.includes(rest.text));
  return found?.[1] ?? 'Nối hai điều kiện bằng "and" hoặc "or"; chữ thì đặt trong nháy.';
}

function comparisonSign(text: string): ComparisonSign | null {
  switch (text) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return text;
    default:
      return null;
  }
}
