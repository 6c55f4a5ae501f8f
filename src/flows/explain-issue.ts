// What a schema refuses, in the words of those who write the files.
import type { z } from 'zod';
import { hintName, hintOf } from './nearest-name.ts';
import type { Finding, SourcePath } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** All of them; a key that is missing because it was misspelt is told once. `namesAt` gives the keys that may stand there. */
export function explainIssues(
  issues: readonly Issue[],
  at: SourcePath,
  namesAt: (path: readonly PropertyKey[]) => readonly string[] = () => [],
): Finding[] {
  const findings = issues.flatMap((issue) => explainIssue(issue, at, namesAt(issue.path)));
  const misspelt = new Set(
    findings.filter(({ code }) => code === 'unknown_key').map(({ path, fix }) => echoOf(path, fix)),
  );
  return findings.filter(
    ({ code, path }) => code !== 'missing_key' || !misspelt.has(echoOf(path, hintOf(String(path.at(-1))))),
  );
}

function echoOf(path: SourcePath, hint: string): string {
  return JSON.stringify([...path.slice(0, -1), hint]);
}

/** One finding per mistake; `names` are the keys that may stand where an unknown one was found. */
export function explainIssue(issue: Issue, at: SourcePath, names: readonly string[] = []): Finding[] {
  const path = [...at, ...issue.path.filter((part) => typeof part !== 'symbol')];
  const key = String(path.at(-1) ?? '');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, 20).map((unknown) => unknownKey(unknown, [...path, unknown], names));
    case 'invalid_type':
      return [typeFinding(issue, path, key)];
    case 'invalid_value':
      return [
        {
          code: 'invalid_value',
          path,
          message: `Giá trị của ${naming(path)} không nằm trong các lựa chọn.`,
          fix: hintName(String(issue.input ?? ''), issue.values.map(String)),
        },
      ];
    case 'invalid_union':
      return explainUnion(issue, path, names);
    case 'invalid_key':
      return [
        {
          code: 'invalid_value',
          path,
          message: `Tên "${key}" chưa đúng.`,
          fix: withFullStop(issue.issues[0]?.message ?? ''),
        },
      ];
    case 'too_small':
    case 'too_big':
      return [sizeFinding(issue, path)];
    default:
      return [{ code: 'invalid_value', path, message: `${naming(path)} chưa đúng.`, fix: withFullStop(issue.message) }];
  }
}

export function unknownKey(key: string, path: SourcePath, names: readonly string[]): Finding {
  const comma = key.includes(' ') ? ' Lời có dấu phẩy hay dấu hai chấm trong { } thì đặt cả câu trong dấu nháy.' : '';
  return {
    code: 'unknown_key',
    path,
    message: `Không có mục nào tên "${key}" ở đây.`,
    fix: hintName(key, names) + comma,
  };
}

function typeFinding(issue: Extract<Issue, { code: 'invalid_type' }>, path: SourcePath, key: string): Finding {
  if (issue.input === undefined && /undefined/.test(issue.message)) {
    return { code: 'missing_key', path, message: `Thiếu mục "${key}".`, fix: `Thêm dòng "${key}: …".` };
  }
  if (issue.input === null) {
    const fix = 'Viết giá trị sau dấu ":", hoặc bỏ dòng này.';
    return { code: 'wrong_type', path, message: `${naming(path)} đang để trống.`, fix };
  }
  const wanted = typeTitles[issue.expected] ?? issue.expected;
  return { code: 'wrong_type', path, message: `${naming(path)} phải là ${wanted}.`, fix: typeCure(issue, wanted) };
}

/** What a schema says of itself tells better than its type. */
function typeCure({ message, expected, input }: Extract<Issue, { code: 'invalid_type' }>, wanted: string): string {
  if (!message.startsWith('Invalid input')) return withFullStop(message);
  if (expected === 'string') return 'Đặt giá trị trong dấu nháy.';
  const amount =
    typeof input === 'string' ? /^\D*(\d+|\d{1,3}(?:[., ]\d{3})+)\D*$/.exec(input.slice(0, 60))?.[1] : undefined;
  const digits = amount?.replaceAll(/\D/g, '') ?? '';
  const isNumber = expected === 'number' || expected === 'int';
  if (isNumber && digits !== '') return `Chỉ viết chữ số, không dấu chấm, không đơn vị, không dấu nháy: ${digits}.`;
  return `Sửa lại thành ${wanted}.`;
}

/** An entry of a list has no name of its own. */
function naming(path: SourcePath): string {
  const key = path.at(-1) ?? '';
  return typeof key === 'number' ? `Mục thứ ${key + 1} của "${path.at(-2) ?? ''}"` : `"${key}"`;
}

const typeTitles: Readonly<Record<string, string>> = {
  string: 'chữ',
  number: 'số',
  int: 'số nguyên',
  boolean: 'true hoặc false',
  array: 'danh sách (mỗi dòng bắt đầu bằng "- ")',
  object: 'một nhóm mục "tên: giá trị"',
  record: 'một nhóm mục "tên: giá trị"',
};

/** The branch of a union that came nearest tells best what is wrong. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: SourcePath,
  names: readonly string[],
): Finding[] {
  const options: unknown = 'options' in issue ? issue.options : undefined;
  if (issue.discriminator !== undefined && Array.isArray(options)) return [choiceFinding(path, options, issue.input)];
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const deep = branches
    .filter((branch) => branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'))
    .sort((a, b) => a.length - b.length)[0];
  const chosen = deep ?? branches.find((branch) => branch.some((inner) => inner.code === 'invalid_format'));
  if (chosen !== undefined) {
    const findings = chosen.flatMap((inner) => explainIssue(inner, path, names));
    const unknown = findings.filter(({ code }) => code === 'unknown_key');
    // The branch was guessed: what it misses says less than the key that fits none.
    return unknown.length > 0 ? unknown : findings;
  }
  const own = ownIssues(branches);
  const choices = own.flatMap((inner) => (inner.code === 'invalid_value' ? inner.values : []));
  if (typeof issue.input === 'string' && choices.length > 0) return [choiceFinding(path, choices, issue.input)];
  const wantsText = own.some((inner) => inner.code === 'invalid_type' && inner.expected === 'string');
  if (wantsText && ['number', 'boolean'].includes(typeof issue.input)) {
    const fix = 'Đặt giá trị trong dấu nháy.';
    return [{ code: 'wrong_type', path, message: `${naming(path)} phải là chữ.`, fix }];
  }
  return [
    {
      code: 'invalid_value',
      path,
      message: `${naming(path)} viết chưa đúng dạng.`,
      fix: 'Xem ví dụ của mục này trong flows/README.md.',
    },
  ];
}

/** What every branch, also of unions within, says of the value itself. */
function ownIssues(branches: readonly (readonly Issue[])[]): Issue[] {
  const own = branches.flat().filter((inner) => inner.path.length === 0);
  return own.flatMap((inner) => (inner.code === 'invalid_union' ? ownIssues(inner.errors) : [inner]));
}

function choiceFinding(path: SourcePath, choices: readonly unknown[], input: unknown): Finding {
  const key = String(path.at(-1) ?? '');
  const given = isRecord(input) ? input[key] : input;
  return {
    code: 'invalid_value',
    path,
    message: `Giá trị của ${naming(path)} không nằm trong các lựa chọn.`,
    fix: hintName(typeof given === 'string' ? given : '', choices.map(String)),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sizeFinding(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, path: SourcePath): Finding {
  const units: Record<string, string> = { string: 'ký tự', array: 'mục' };
  const unit = units[issue.origin] ?? '';
  const [limit, word] = issue.code === 'too_big' ? [issue.maximum, 'nhiều nhất'] : [issue.minimum, 'ít nhất'];
  const size = `${word} ${limit}${unit === '' ? '' : ` ${unit}`}`;
  return { code: 'wrong_size', path, message: `${naming(path)} phải có ${size}.`, fix: `Sửa lại để có ${size}.` };
}

function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
