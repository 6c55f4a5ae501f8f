// Texts with placeholders: "Chào {address} {customer.given_name | "mình"}, gói hết hạn {subscription.expires_at | date}".
// A placeholder is a name, then filters and at most one fallback. Values are inserted, never read again as a template.
import { formatDate, formatDateTime, formatSlot, formatTime, formatWeekday } from './local-time.ts';
import { capitalise, isEmptyValue, type NameReader, nameReader, type RunScope, type Value } from './run-scope.ts';

export type TextRenderer = (scope: RunScope) => string;
export type TemplateProblem = {
  code: 'bad_placeholder' | 'unknown_name' | 'unknown_filter';
  column: number;
  name: string;
};

const maxRendered = 8_000;
const maxPlaceholders = 50;
const placeholder = /\{\{|\}\}|\{([^{}\n]{0,300})\}|\{/gu;

type Filter = (value: Value, timeZone: string) => string;
const filters: Readonly<Record<string, Filter>> = {
  vnd: (value) => formatVnd(Number(value)),
  number: (value) => formatNumber(Number(value)),
  date: onDate(formatDate),
  time: onDate(formatTime),
  datetime: onDate(formatDateTime),
  weekday: onDate(formatWeekday),
  slot: onDate(formatSlot),
  lower: (value) => String(value).toLocaleLowerCase('vi'),
  upper: (value) => String(value).toLocaleUpperCase('vi'),
  capital: (value) => capitalise(String(value)),
};
export const filterNames: readonly string[] = Object.keys(filters);

type Piece = { literal: string } | { read: NameReader; filters: Filter[]; fallback: string };

/** Finds everything wrong with a text; columns count from 1 within it. */
export function findTemplateProblems(text: string, variables: ReadonlySet<string>): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  readPieces(text, variables, (problem) => problems.push(problem));
  return problems;
}

/** Prepares a text once. What cannot be understood is printed as it stands. */
export function compileTemplate(text: string, variables: ReadonlySet<string>): TextRenderer {
  const pieces = readPieces(text, variables, () => {});
  const only = pieces[0];
  if (pieces.length === 1 && only !== undefined && 'literal' in only) return () => only.literal;
  return (scope) => {
    let wasEmpty = false;
    let result = '';
    for (const piece of pieces) {
      const shown = 'literal' in piece ? piece.literal : showValue(piece, scope);
      wasEmpty ||= shown === '';
      result += shown;
    }
    return (wasEmpty ? tidy(result) : result).slice(0, maxRendered).toWellFormed();
  };
}

/** 1299000 → "1.299.000 ₫" */
export function formatVnd(amount: number): string {
  return Number.isFinite(amount) ? `${formatNumber(Math.round(amount))} ₫` : '';
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '';
  const [whole = '', fraction] = String(Math.abs(value)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '.');
  return `${value < 0 ? '-' : ''}${grouped}${fraction === undefined ? '' : `,${fraction}`}`;
}

function readPieces(text: string, variables: ReadonlySet<string>, report: (problem: TemplateProblem) => void): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(placeholder)) {
    if (match.index > from) pieces.push({ literal: text.slice(from, match.index) });
    from = match.index + match[0].length;
    const inner = match[1];
    if (inner === undefined) {
      if (match[0] === '{') report({ code: 'bad_placeholder', column: match.index + 1, name: match[0] });
      pieces.push({ literal: match[0].charAt(0) });
    } else if (pieces.length > maxPlaceholders * 2) {
      report({ code: 'bad_placeholder', column: match.index + 1, name: match[0] });
      pieces.push({ literal: match[0] });
    } else {
      const piece = readPlaceholder(inner, variables, (problem) => report({ ...problem, column: match.index + 2 }));
      pieces.push(piece ?? { literal: match[0] });
    }
  }
  if (from < text.length) pieces.push({ literal: text.slice(from) });
  return pieces;
}

function readPlaceholder(
  inner: string,
  variables: ReadonlySet<string>,
  report: (problem: Omit<TemplateProblem, 'column'>) => void,
): Piece | null {
  const [name = '', ...rest] = inner.split('|').map((part) => part.trim());
  if (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name)) {
    report({ code: 'bad_placeholder', name: `{${inner}}` });
    return null;
  }
  const read = nameReader(name, variables);
  if (read === null) report({ code: 'unknown_name', name });
  const piece: Piece = { read: read ?? (() => null), filters: [], fallback: '' };
  for (const part of rest) {
    const quoted = /^["“']([^"”']*)["”']$/u.exec(part);
    const filter = Object.hasOwn(filters, part) ? filters[part] : undefined;
    if (quoted !== null) piece.fallback = quoted[1] ?? '';
    else if (filter !== undefined) piece.filters.push(filter);
    else report({ code: 'unknown_filter', name: part });
  }
  return read === null ? null : piece;
}

function showValue(piece: Extract<Piece, { read: NameReader }>, scope: RunScope): string {
  let value: Value = piece.read(scope);
  if (isEmptyValue(value)) return piece.fallback;
  for (const filter of piece.filters) value = filter(value, scope.facts.timeZone);
  const shown = Array.isArray(value) ? value.join(', ') : String(value);
  return shown === '' ? piece.fallback : shown.slice(0, 2_000);
}

function onDate(format: (ms: number, timeZone: string) => string): Filter {
  return (value, timeZone) => {
    const ms = typeof value === 'number' ? value : Date.parse(String(value));
    return Number.isNaN(ms) ? '' : format(ms, timeZone);
  };
}

/** An absent name leaves no hole: "Chào anh/chị !" → "Chào anh/chị!". */
function tidy(text: string): string {
  return text
    .replace(/[ \t]{2,}/gu, ' ')
    .replace(/ ([,.!?;:…)])/gu, '$1')
    .replace(/ $/gmu, '')
    .trim();
}
