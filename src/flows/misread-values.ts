// What YAML reads otherwise than it was meant, without a complaint: money with dots, words behind a "#".
import { type Document, isScalar, type Scalar, visit } from 'yaml';
import type { Words } from './yaml-words.ts';

type Misread = Words & { offset: number };

/** 499.000 is 499 to YAML. "0.125" is a share and stays one. */
const dotted = /^[-+]?[1-9]\d{0,2}(?:\.\d{3})+$/;
/** A remark has a space behind its sign: "#sale" is part of what was to be said. */
const hashtag = /[ \t]+#(?=[\p{L}\p{N}])/uy;

export function findMisread(document: Document, source: string): Misread[] {
  const found: Misread[] = [];
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && node.type === 'PLAIN') found.push(...misreadAs(node, source));
    },
  });
  return found;
}

function misreadAs({ value, source: written = '', range }: Scalar, source: string): Misread[] {
  const [offset = 0, end = 0] = range ?? [];
  if (typeof value === 'number') return dotted.test(written) ? [{ offset, ...dottedNumber(written) }] : [];
  hashtag.lastIndex = end;
  if (!hashtag.test(source)) return [];
  const message = `Từ dấu "#" trở đi bị bỏ qua như ghi chú, chỉ còn "${written.slice(-60)}".`;
  const fix = 'Đặt cả lời trong dấu nháy; nếu là ghi chú thì thêm dấu cách sau "#".';
  return [{ offset: hashtag.lastIndex - 1, code: 'yaml_hash', message, fix }];
}

/** Also for conditions, where numbers are read the same way. */
export function dottedNumber(written: string): Words {
  return {
    code: 'dotted_number',
    message: `"${written}" được hiểu là ${Number.parseFloat(written)}.`,
    fix: `Viết số liền nhau, không có dấu chấm: ${written.replaceAll('.', '')}. Số lẻ thì viết ít chữ số hơn sau dấu chấm.`,
  };
}

export function isDottedNumber(written: string): boolean {
  return dotted.test(written);
}
