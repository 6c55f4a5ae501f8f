// A plugin of Stryker: sentences for people, names of statements and lines of the log are no behaviour that a test should
// hold to the letter. Short words that the program compares ("queued", "busy") are.

type Node = { type: string; [field: string]: unknown };
type Path = { node: Node; parent: Node | undefined };

const OF_SQL = new Set(['joinSql', 'sqlOr']);
const NAMED = new Set(['transaction', 'queueTransaction', 'durably']);
const LEVELS = new Set(['debug', 'info', 'warn', 'error']);

function shouldIgnore({ node, parent }: Path): string | undefined {
  const said = node.type === 'ExpressionStatement' && isNode(node.expression) ? node.expression : node;
  if (said.type === 'CallExpression' && LEVELS.has(calledName(said)) && isLog(said)) return 'a line of the log';
  if (node.type === 'TemplateLiteral') return isProse(textOfTemplate(node)) ? 'a sentence' : undefined;
  if (node.type !== 'StringLiteral' || typeof node.value !== 'string') return undefined;
  if (isProse(node.value)) return 'a sentence';
  // The comparison itself is changed already.
  if (parent?.type === 'BinaryExpression' || parent?.type === 'SwitchCase') return 'compared';
  if (parent?.type === 'CallExpression' && OF_SQL.has(calledName(parent))) return 'a piece of a statement';
  if (parent?.type === 'CallExpression' && NAMED.has(calledName(parent))) return 'the name of a boundary';
  if (parent?.type === 'ObjectProperty' && nameOf(parent.key) === 'name') return 'the name of a statement';
  return undefined;
}

function isProse(text: string): boolean {
  return /\S\s+\S/.test(text) || /[^\p{ASCII}]/u.test(text);
}

function textOfTemplate({ quasis }: Node): string {
  return Array.isArray(quasis) ? quasis.map((one: unknown) => (isNode(one) ? cookedOf(one.value) : '')).join('x') : '';
}

function cookedOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : '';
}

function calledName(call: Node): string {
  const { callee } = call;
  return isNode(callee) && callee.type === 'MemberExpression' ? nameOf(callee.property) : nameOf(callee);
}

function isLog(call: Node): boolean {
  const { callee } = call;
  if (!isNode(callee) || callee.type !== 'MemberExpression') return false;
  const { object } = callee;
  return nameOf(object) === 'log' || (isNode(object) && nameOf(object.property) === 'log');
}

function nameOf(node: unknown): string {
  return isNode(node) && typeof node.name === 'string' ? node.name : '';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'words', value: { shouldIgnore } }];
