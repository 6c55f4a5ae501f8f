// What a schema refuses, in the words of those who write the files.
import type { z } from 'zod';
import { hintName } from './nearest-name.ts';
import type { Finding, SourcePath } from './problem.ts';

type Issue = z.core.$ZodIssue;

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
          message: `Giá trị của "${key}" không nằm trong các lựa chọn.`,
          fix: hintName(String(issue.input ?? ''), issue.values.map(String)),
        },
      ];
    case 'invalid_union':
      return explainUnion(issue, path, key, names);
    case 'too_small':
    case 'too_big':
      return [sizeFinding(issue, path, key)];
    default:
      return [{ code: 'invalid_value', path, message: `"${key}" chưa đúng.`, fix: withFullStop(issue.message) }];
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
  const wanted = typeTitles[issue.expected] ?? issue.expected;
  return {
    code: 'wrong_type',
    path,
    message: `"${key}" phải là ${wanted}.`,
    fix: issue.expected === 'string' ? 'Đặt giá trị trong dấu nháy.' : `Sửa lại thành ${wanted}.`,
  };
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
  key: string,
  names: readonly string[],
): Finding[] {
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const deep = branches
    .filter((branch) => branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'))
    .sort((a, b) => a.length - b.length)[0];
  const chosen = deep ?? branches.find((branch) => branch.some((inner) => inner.code === 'invalid_format'));
  if (chosen !== undefined) return chosen.flatMap((inner) => explainIssue(inner, path, names));
  return [
    {
      code: 'invalid_value',
      path,
      message: `"${key}" viết chưa đúng dạng.`,
      fix: 'Xem ví dụ của mục này trong flows/README.md.',
    },
  ];
}

function sizeFinding(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, path: SourcePath, key: string): Finding {
  const units: Record<string, string> = { string: 'ký tự', array: 'mục' };
  const unit = units[issue.origin] ?? '';
  const [limit, word] = issue.code === 'too_big' ? [issue.maximum, 'nhiều nhất'] : [issue.minimum, 'ít nhất'];
  const size = `${word} ${limit}${unit === '' ? '' : ` ${unit}`}`;
  return { code: 'wrong_size', path, message: `"${key}" phải có ${size}.`, fix: `Sửa lại để có ${size}.` };
}

function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
