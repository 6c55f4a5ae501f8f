// Conditions of SQL stand in texts, where Stryker sees nothing to change. Here each of them becomes a choice between what
// stands there and what could stand there by mistake; Stryker turns the choice over like any other `true`.
import { parseSync } from 'vite';
import { z } from 'zod';

const CHOOSE = `
// Stryker disable all
function sqlOr(stands: boolean, whole: string, changed: string): string {
  return stands ? whole : changed;
}
function joinSql(...parts: unknown[]): string {
  return parts.join('');
}
`;

const IS_SQL = /\b(SELECT \S|UPDATE \w|DELETE FROM|INSERT INTO|WHERE \S|EXISTS \(|IS NULL|FOR UPDATE)/;
const VALUE = String.raw`(?:\$\d+\b|now\(\)|'[^']*'|ANY\(\$\d+::\w+\[\]\)|[\w.]+\b)(?:::\w+\b)?`;
const COMPARED = new RegExp(
  String.raw`(?<![\w.])\w[\w.]* (?:=|<>|<=|>=|<|>) ${VALUE}(?! *[-+*(])|\.?\w[\w.]* IS (?:NOT )?NULL`,
  'g',
);
const OTHERS = [
  / FOR (?:NO KEY )?UPDATE(?: OF \w+)?(?: SKIP LOCKED)?/g,
  /\bNOT EXISTS\b/g,
  / DESC\b/g,
  /\b\w[\w.]* IN \((?:'\w+'(?:, )?)+\)/g,
  / ON CONFLICT DO NOTHING/g,
  / OR (?=[(\w]|$)/g,
  / IS TRUE\b/g,
  /\bORDER BY [\w.]+(?=,)/g,
];
const TURNED: Record<string, string> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

const literalSchema = z.object({ type: z.literal('Literal'), value: z.string(), start: z.number(), end: z.number() });
const spanSchema = z.object({ start: z.number(), end: z.number() });
const templateSchema = spanSchema.extend({
  type: z.literal('TemplateLiteral'),
  quasis: z.array(z.object({ value: z.object({ cooked: z.string() }) })),
  expressions: z.array(spanSchema),
});
type Text = { start: number; end: number; words: string[]; between: { start: number; end: number }[] };

/** The same program with its conditions as choices; line numbers stay. */
export function varySql(file: string, code: string): string {
  const texts = textsOf(parseSync(file, code).program).filter(({ words }) => IS_SQL.test(words.join(' ')));
  let varied = code;
  for (const text of texts.sort((a, b) => b.start - a.start)) {
    const parts = text.words.flatMap((words, n) => {
      const next = text.between[n];
      return [...choices(words), ...(next ? [`(${code.slice(next.start, next.end)})`] : [])];
    });
    const lines = code.slice(text.start, text.end).split('\n').length - 1;
    varied = `${varied.slice(0, text.start)}joinSql(${parts.join(', ')}${'\n'.repeat(lines)})${varied.slice(text.end)}`;
  }
  return texts.length === 0 ? code : varied + CHOOSE;
}

/** Templates inside of templates stay as they are: the outer one is the statement. */
function textsOf(node: unknown): Text[] {
  const template = templateSchema.safeParse(node).data;
  if (template) {
    const { start, end, quasis, expressions } = template;
    return [{ start, end, words: quasis.map(({ value }) => value.cooked), between: expressions }];
  }
  const literal = literalSchema.safeParse(node).data;
  if (literal) return [{ start: literal.start, end: literal.end, words: [literal.value], between: [] }];
  if (typeof node !== 'object' || node === null) return [];
  return Object.values(node).flatMap(textsOf);
}

function choices(words: string): string[] {
  const spots = [COMPARED, ...OTHERS].flatMap((pattern) => [...words.matchAll(pattern)]);
  const parts: string[] = [];
  let done = 0;
  for (const spot of spots.sort((a, b) => a.index - b.index)) {
    const [found] = spot;
    const changes = changesOf(found).filter(() => !isGiven(words, spot.index) && spot.index >= done);
    if (changes.length === 0) continue;
    if (spot.index > done) parts.push(JSON.stringify(words.slice(done, spot.index)));
    parts.push(
      changes.reduce((whole, changed) => `sqlOr(true, ${whole}, ${JSON.stringify(changed)})`, JSON.stringify(found)),
    );
    done = spot.index + found.length;
  }
  return [...parts, JSON.stringify(words.slice(done))];
}

/** `a = b` after SET gives a value and asks nothing. */
function isGiven(words: string, at: number): boolean {
  const before = words.slice(0, at);
  const set = before.search(/\bSET (?![\s\S]*\bSET )/);
  return set >= 0 && !/\b(WHERE|FROM|WHEN)\b/.test(before.slice(set));
}

function changesOf(found: string): string[] {
  if (found.includes(' FOR ')) {
    return found.endsWith(' SKIP LOCKED') ? [found.replace(' SKIP LOCKED', ''), ''] : [''];
  }
  if (found === 'NOT EXISTS') return ['EXISTS'];
  if (found === ' OR ') return [' AND '];
  if (found === ' DESC' || found === ' IS TRUE' || found.startsWith(' ON')) return [''];
  if (found.startsWith('ORDER BY')) return ['ORDER BY 1::int'];
  if (found.includes(' IN (')) return fewer(found);
  if (found.endsWith(' NULL')) {
    const turned = found.includes(' NOT ') ? found.replace(' NOT', '') : found.replace(' IS', ' IS NOT');
    return [found.startsWith('.') ? turned : 'true'];
  }
  const [left, sign, ...right] = found.split(' ');
  const turned = TURNED[sign ?? ''];
  return turned === undefined ? ['true'] : [`${left} ${turned} ${right.join(' ')}`, 'true'];
}

/** The list without each of its words in turn. */
function fewer(found: string): string[] {
  const [left = '', list = ''] = found.slice(0, -1).split(' IN (');
  const items = list.split(', ');
  if (items.length < 2) return [`${left} NOT IN (${list})`];
  return items.map((item) => `${left} IN (${items.filter((other) => other !== item).join(', ')})`);
}
