// One mistake of form that makes the reader stumble over many lines: found where it was made, told once and alone.
import { type Document, isCollection, isScalar, visit, type YAMLError } from 'yaml';
import { indent, type Words } from './yaml-words.ts';

type Stumble = Words & { offset: number };

/** Signs of Word, phones and Asian keyboards where YAML needs the plain ones: at the head of a value, a line or after a name. */
const lookalikes: readonly (readonly [RegExp, plain: string])[] = [
  [/^ *(?:- )?[\w-]+ *(：)/du, ':'],
  [/^ *([–—−•●·])[ \t]/du, '-'],
  [/^ *(?:- +)?(?:[\w-]+: *)?(?:[[{] *)?(?:[\w-]+: *)?([“”„«»])/du, '"'],
  [/^ *(?:- +)?(?:[\w-]+: *)?(?:[[{] *)?(?:[\w-]+: *)?([‘’])/du, "'"],
];

/** What explains the first complaint and those after it; null = each is told by itself. */
export function findStumble(document: Document, source: string): Stumble | null {
  const first = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  if (first === undefined) return null;
  return (
    findLookalike(source, first.pos[0]) ??
    findOpenQuote(document, first) ??
    findOpenBracket(document, first) ??
    findIndent(source, first)
  );
}

function findLookalike(source: string, offset: number): Stumble | null {
  const [start, line] = lineAt(source, offset);
  for (const [pattern, plain] of lookalikes) {
    const match = pattern.exec(line);
    const sign = match?.[1];
    if (sign === undefined) continue;
    const message = `Dấu ${sign} không phải dấu ${plain} mà file này cần, thường do dán từ Word hay điện thoại.`;
    const fix = `Xoá đi và gõ lại dấu ${plain} bằng bàn phím${plain === '"' || plain === "'" ? ', cả ở đầu và cuối lời' : ''}.`;
    return { offset: start + (match?.indices?.[1]?.[0] ?? 0), code: 'yaml_lookalike', message, fix };
  }
  return null;
}

function findOpenQuote(document: Document, error: YAMLError): Stumble | null {
  if (!error.message.startsWith('Missing closing')) return null;
  const offset = startAround(
    document,
    error.pos[0],
    (node) => isScalar(node) && node.type?.startsWith('QUOTE') === true,
  );
  if (offset === null) return null;
  return {
    offset,
    code: 'yaml_syntax',
    message: 'Dấu nháy mở ở đây chưa được đóng.',
    fix: 'Thêm cùng dấu nháy ấy ở cuối lời.',
  };
}

function findOpenBracket(document: Document, error: YAMLError): Stumble | null {
  const sign = /^Flow (sequence|map) in block collection/.exec(error.message)?.[1];
  if (sign === undefined) return null;
  const offset = startAround(document, error.pos[0], (node) => isCollection(node) && node.flow === true);
  if (offset === null) return null;
  const [open, close] = sign === 'map' ? ['{', '}'] : ['[', ']'];
  const message = `Dấu "${open}" mở ở đây chưa được đóng.`;
  return { offset, code: 'yaml_syntax', message, fix: `Thêm "${close}" ở cuối nhóm này.` };
}

/** Where the innermost fitting node begins that holds, or ends at, this place. */
function startAround(document: Document, offset: number, fits: (node: unknown) => boolean): number | null {
  let start: number | null = null;
  visit(document, {
    Node: (_key, node) => {
      const [from = 0, , to = 0] = node.range ?? [];
      if (fits(node) && from < offset && offset <= to + 1) start = Math.max(start ?? 0, from);
    },
  });
  return start;
}

const deeper = 'Dòng này thụt vào sâu hơn các mục ngang hàng với nó.';
const uneven = 'Dòng này thụt vào không bằng các mục ngang hàng với nó.';
const unevenOrBare = 'Dòng này thụt vào không bằng các mục ngang hàng với nó, hoặc thiếu "- " ở đầu.';

function findIndent(source: string, error: YAMLError): Stumble | null {
  const [start, line] = lineAt(source, error.pos[0]);
  if (error.message.startsWith('A block sequence may not be used')) return indentAt(start, line, uneven);
  if (error.message.startsWith('Sequence item without')) return indentAt(start, line, unevenOrBare);
  if (!error.message.startsWith('Nested mappings are not allowed in compact')) return null;
  // No second ":" of its own: it is the next line that was read as part of this one.
  if (/:(?:\s|$)/.test(line.slice(error.pos[0] - start))) return null;
  const [below, text] = lineAt(source, start + line.length + 1);
  const isDeeper = text.search(/\S/) > line.search(/[^\s-]/);
  return isDeeper && /^ *[\w-]+:/.test(text) ? indentAt(below, text, deeper) : null;
}

function indentAt(start: number, line: string, message: string): Stumble {
  return { offset: start + Math.max(0, line.search(/\S/)), code: 'yaml_syntax', message, fix: indent };
}

/** The line around a place, and where it begins; blank lines are passed over. */
function lineAt(source: string, offset: number): [start: number, line: string] {
  let start = source.lastIndexOf('\n', offset - 1) + 1;
  for (;;) {
    const end = source.indexOf('\n', start);
    const line = source.slice(start, end === -1 ? undefined : end);
    if (line.trim() !== '' || end === -1) return [start, line];
    start = end + 1;
  }
}
