// One guide file becomes a guide, or a list of what is wrong with it. Pure; also runs in the browser.
import { type Document, isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { findUnreadable, tidyFileText } from '../file-text.ts';
import { hintName } from '../nearest-name.ts';
import type { Problem } from '../problem.ts';
import { findBomb, mostProblems } from '../read-yaml.ts';
import { cleanText } from '../vietnamese-text.ts';
import { explainYamlError } from '../yaml-words.ts';
import type { Guide } from './guide.ts';
import {
  GUIDE_FIELDS,
  guideFrontMatterSchema,
  LONGEST_BODY,
  LONGEST_SHORT_TITLE,
  LONGEST_TITLE,
} from './guide-front-matter.ts';

type Place = { line: number; column: number };

/** `path` names the guide: "flows/guides/quen-mat-khau.md" has the id "quen-mat-khau". All problems at once. */
export function readGuide(path: string, source: string): { guide: Guide | null; problems: Problem[] } {
  const report = (code: string, place: Place, message: string, fix: string): Problem => {
    return { code, severity: 'error', file: path, ...place, step: null, message, fix };
  };
  const unreadable = findUnreadable(source);
  if (unreadable !== null) {
    const line = source.slice(0, unreadable.offset).split('\n').length;
    return {
      guide: null,
      problems: [report(unreadable.code, { line, column: 1 }, unreadable.message, unreadable.fix)],
    };
  }
  const parts = splitFrontMatter(cleanText(tidyFileText(source)));
  if (parts === null) {
    const message = 'Tệp hướng dẫn chưa có phần đầu nằm giữa hai dòng "---".';
    const fix = 'Thêm ở đầu tệp: ---, các dòng title, product, keywords, questions, summary, rồi ---.';
    return { guide: null, problems: [report('guide_without_head', { line: 1, column: 1 }, message, fix)] };
  }
  const problems = checkBody(parts.body).map(([message, fix]) =>
    report('guide_body', { line: parts.bodyLine, column: 1 }, message, fix),
  );
  const head = readHead(parts.head, report);
  problems.unshift(...head.problems);
  if (head.data === null || problems.length > 0) return { guide: null, problems };
  return { guide: toGuide(path, head.data, parts.body), problems: remindOfBraces(path, parts) };
}

/** A guide is sent as it stands, to everybody the same. */
function remindOfBraces(file: string, { body, bodyLine }: { body: string; bodyLine: number }): Problem[] {
  return body.split('\n').flatMap((text, index) =>
    [...text.matchAll(/\{[\p{L}_][^{}]*\}/gu)].map((match) => ({
      code: 'guide_placeholder',
      severity: 'warning' as const,
      file,
      line: bodyLine + index,
      column: match.index + 1,
      step: null,
      message: `Bài hướng dẫn không điền tên: khách sẽ đọc nguyên chữ "${match[0]}".`,
      fix: 'Viết lời dùng được cho mọi khách, ví dụ "mình" hay "anh/chị".',
    })),
  );
}

function toGuide(path: string, head: z.infer<typeof guideFrontMatterSchema>, body: string): Guide {
  const { title, short, product, rank, keywords, questions, summary, video } = head;
  const id = path.replace(/^.*[\\/]/, '').replace(/\.md$/, '');
  return {
    id,
    title,
    shortTitle: short ?? title,
    product,
    rank,
    keywords,
    questions,
    summary,
    body,
    videoUrl: video,
  };
}

function splitFrontMatter(source: string): { head: string; body: string; bodyLine: number } | null {
  const match = source.match(/^---[ \t]*\n([\s\S]*?\n)---[ \t]*(?:\n([\s\S]*))?$/);
  if (match === null) return null;
  const head = match[1] ?? '';
  const below = match[2] ?? '';
  const blankLines = below.trim() === '' ? 0 : (/^\s*\n/.exec(below)?.[0].split('\n').length ?? 1) - 1;
  return { head, body: below.trim(), bodyLine: head.split('\n').length + 2 + blankLines };
}

function checkBody(body: string): [message: string, fix: string][] {
  if (body === '') return [['Bài hướng dẫn chưa có nội dung.', 'Viết các bước dưới dòng "---" thứ hai.']];
  if (body.length <= LONGEST_BODY) return [];
  const fix = `Rút gọn hoặc tách thành hai bài, mỗi bài nhiều nhất ${LONGEST_BODY} ký tự để gửi vừa một tin nhắn.`;
  return [[`Nội dung dài ${body.length} ký tự.`, fix]];
}

type Report = (code: string, place: Place, message: string, fix: string) => Problem;

function readHead(head: string, report: Report) {
  if (findBomb(head) !== null) {
    const message = 'Phần đầu tệp quá dài hoặc lồng nhau quá sâu.';
    const fix = 'Phần đầu chỉ cần vài dòng title, product, keywords, questions, summary; các bước viết ở dưới.';
    return { data: null, problems: [report('guide_yaml', { line: 2, column: 1 }, message, fix)] };
  }
  const lines = new LineCounter();
  const document = parseDocument(head, { lineCounter: lines, prettyErrors: false });
  // The head begins on the file's second line.
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: line + 1, column: col };
  };
  const problems = problemsOfForm(document, placeOf, report);
  if (problems.length > 0) return { data: null, problems };
  const parsed = guideFrontMatterSchema.safeParse(document.toJS());
  const placeOfPath = (path: PropertyKey[]): Place => {
    const node = path.length > 0 ? document.getIn(path, true) : undefined;
    return placeOf(isNode(node) ? (node.range?.[0] ?? 0) : 0);
  };
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(...explainIssue(issue, placeOfPath, report));
    return { data: null, problems };
  }
  const { title, short } = parsed.data;
  if (short === undefined && title.length > LONGEST_SHORT_TITLE) {
    const message = `Tiêu đề dài ${title.length} ký tự mà chưa có tên ngắn cho nút bấm.`;
    const fix = `Thêm dòng "short:" nhiều nhất ${LONGEST_SHORT_TITLE} ký tự.`;
    problems.push(report('guide_without_short_title', placeOfPath(['title']), message, fix));
  }
  return { data: parsed.data, problems };
}

function problemsOfForm(document: Document, placeOf: (offset: number) => Place, report: Report): Problem[] {
  const problems = document.errors.slice(0, mostProblems).map((error) => {
    const message = `Phần đầu tệp: ${explainYamlError(error.code).message}`;
    const fix = 'Mỗi dòng viết "tên: giá trị"; chữ có dấu ":" hoặc "#" thì đặt trong ngoặc kép.';
    return report('guide_yaml', placeOf(error.pos[0]), message, fix);
  });
  visit(document, {
    Alias: (_key, { range }) => {
      const message = 'Dấu "*" của YAML (tham chiếu) không dùng được ở phần đầu tệp.';
      problems.push(report('guide_yaml', placeOf(range?.[0] ?? 0), message, 'Đặt chữ bắt đầu bằng * trong ngoặc kép.'));
      return visit.BREAK;
    },
  });
  return problems;
}

function explainIssue(issue: z.core.$ZodIssue, placeOf: (path: PropertyKey[]) => Place, report: Report): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      report('guide_unknown_field', placeOf([key]), `Không có mục "${key}".`, hintName(key, GUIDE_FIELDS)),
    );
  }
  const field = String(issue.path[0] ?? 'phần đầu');
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  const message = isMissing ? `Thiếu hoặc sai mục "${field}".` : `Mục "${field}" ${issue.message}.`;
  const fix = FIXES[field] ?? 'Viết phần đầu thành các dòng "tên: giá trị".';
  return [report('guide_field', placeOf(issue.path), message, fix)];
}

const FIXES: Record<string, string> = {
  title: `Viết title nhiều nhất ${LONGEST_TITLE} ký tự, ví dụ: title: Quên mật khẩu`,
  short: `Viết short nhiều nhất ${LONGEST_SHORT_TITLE} ký tự: nút bấm trên Messenger chỉ chứa chừng đó.`,
  product: 'Chọn một trong ba: spa, training, common.',
  rank: 'Viết một số từ 1 đến 99: bài cần cho người mới thì số nhỏ, bày trước; bài khác thì bỏ dòng này.',
  keywords: 'Viết dưới "keywords:" mỗi dòng một cụm từ, bắt đầu bằng "- ".',
  questions: 'Viết dưới "questions:" 4–8 câu khách hay hỏi, mỗi dòng bắt đầu bằng "- ".',
  summary: 'Viết summary một câu cho biết bài này giúp được gì.',
  video: 'Dán địa chỉ phim bắt đầu bằng https://, hoặc bỏ hẳn dòng video.',
};
