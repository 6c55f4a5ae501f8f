// What people write into cells becomes what our fields hold; what cannot be read is told with its cure.
import { normalisePhone } from '../customers/normalise-phone.ts';
import { cleanText, foldText } from '../flows/vietnamese-text.ts';
import type { ImportField } from './import-kinds.ts';
import { type ReadValue, readDate } from './read-date.ts';
import type { Cell } from './table-row.ts';

/** undefined = the cell is empty, so the field is left as it is. */
export function readValue(field: ImportField, cell: Cell, timeZone: string): ReadValue | undefined {
  const text = textOf(cell);
  if (text === '') return undefined;
  switch (field.kind) {
    case 'id':
      return readId(cell, text);
    case 'text':
      return withinLength(text, field.maxLength ?? 200);
    case 'phone':
      return readPhone(text);
    case 'email':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 200
        ? good(text)
        : bad(`"${text}" không phải địa chỉ email. Viết dạng ten@congty.vn.`);
    case 'tags':
      return readTags(text);
    case 'date':
      return readDate(cell, text, timeZone);
    case 'money':
      return readMoney(cell, text);
    case 'number':
      return readNumber(cell, text);
    case 'yes_no':
      return readYesNo(cell, text);
    case 'choice':
      return readChoice(field, text);
  }
}

function good(value: string | number | boolean | string[]): ReadValue {
  return { ok: true, value };
}

function bad(message: string): ReadValue {
  return { ok: false, message };
}

export function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString();
  return cleanText(String(cell)).replaceAll('\u00a0', ' ').trim();
}

function withinLength(text: string, most: number): ReadValue {
  if (text.length <= most) return good(text);
  return bad(`Dài ${text.length} ký tự, nhiều nhất là ${most}. Rút ngắn lại.`);
}

const SHORTENED = /^\d([.,]\d+)?e\+?\d+$/i;

function readId(cell: Cell, text: string): ReadValue {
  if (SHORTENED.test(text) || (typeof cell === 'number' && !Number.isSafeInteger(cell))) {
    return bad(`"${text}" là số đã bị Excel rút gọn, mất chữ số. Định dạng cột là Văn bản (Text) rồi dán lại mã.`);
  }
  if (/[\p{Cc}\p{Cs}]/u.test(text)) return bad('Có ký tự điều khiển. Xoá rồi gõ lại mã.');
  return withinLength(text, 100);
}

function readPhone(text: string): ReadValue {
  if (SHORTENED.test(text)) {
    return bad(`"${text}" đã bị Excel rút gọn, mất chữ số. Định dạng cột là Văn bản (Text) rồi dán lại số.`);
  }
  // Excel takes a number's leading zero: 912345678 was 0912345678.
  const digits = text.replace(/[\s.()-]/g, '');
  const whole = /^[35789]\d{8}$/.test(digits) ? `0${digits}` : digits;
  const phone = normalisePhone(whole) ?? (/^84\d{9}$/.test(whole) ? normalisePhone(`+${whole}`) : null);
  return phone === null
    ? bad(`"${text}" không phải số điện thoại. Viết 0912345678, 84912345678 hoặc +84912345678.`)
    : good(phone);
}

function readTags(text: string): ReadValue {
  const tags = [...new Set(text.split(/[;,\n]/).map((tag) => tag.trim()))].filter((tag) => tag !== '');
  const long = tags.find((tag) => tag.length > 60);
  if (long) return bad(`Nhãn "${long.slice(0, 20)}…" dài quá 60 ký tự. Ngăn các nhãn bằng dấu ; hoặc dấu phẩy.`);
  return tags.length > 100 ? bad(`Có ${tags.length} nhãn, nhiều nhất là 100.`) : good(tags);
}

function readMoney(cell: Cell, text: string): ReadValue {
  const cure = 'Viết số đồng nguyên: 1299000, 1.299.000 ₫ hoặc 1,299,000.';
  if (typeof cell === 'number') {
    return Number.isSafeInteger(cell) && cell >= 0
      ? good(cell)
      : bad(`${text} không phải số đồng nguyên dương. ${cure}`);
  }
  const bare = text.replace(/(₫|đồng|đ|vnđ|vnd)/giu, '').replace(/\s/g, '');
  const whole = bare.replace(/^(\d{1,3}(\.\d{3})*),0+$/, '$1').replace(/^(\d{1,3}(,\d{3})*)\.0{1,2}$/, '$1');
  if (/^\d{1,15}$/.test(whole)) return good(Number(whole));
  if (/^\d{1,3}((\.\d{3}){1,4}|(,\d{3}){1,4})$/.test(whole)) return good(Number(whole.replace(/[.,]/g, '')));
  return bad(`"${text}" không phải số tiền. ${cure}`);
}

function readNumber(cell: Cell, text: string): ReadValue {
  if (typeof cell === 'number') return Number.isFinite(cell) ? good(cell) : bad('Không phải số.');
  const bare = text.replace(/\s/g, '');
  if (/^-?\d{1,3}((\.\d{3}){2,}|(,\d{3}){2,})$/.test(bare)) return good(Number(bare.replace(/[.,]/g, '')));
  if (/^-?[1-9]\d{0,2}[.,]\d{3}$/.test(bare)) {
    const digits = bare.replace(/[.,]/, '');
    return bad(`"${text}" có thể là ${digits} hoặc số lẻ. Viết ${digits}, hoặc thêm một số 0 ở cuối nếu là số lẻ.`);
  }
  if (/^-?\d{1,15}([.,]\d{1,9})?$/.test(bare)) return good(Number(bare.replace(',', '.')));
  return bad(`"${text}" không phải số. Viết 120 hoặc 12,5.`);
}

const YES = new Set(['co', 'x', 'yes', 'y', 'true', 'dung', '1', 'dong y']);
const NO = new Set(['khong', 'no', 'n', 'false', 'sai', '0', 'khong dong y', 'tu choi']);

function readYesNo(cell: Cell, text: string): ReadValue {
  const word = typeof cell === 'boolean' ? String(cell) : foldText(text);
  if (YES.has(word)) return good(true);
  return NO.has(word) ? good(false) : bad(`"${text}" không rõ. Viết "có" hoặc "không".`);
}

function readChoice({ choices = {} }: ImportField, text: string): ReadValue {
  const word = foldText(text);
  if (Object.hasOwn(choices, word)) return good(choices[word] ?? '');
  return bad(`"${text}" không dùng được. Dùng một trong: ${[...new Set(Object.values(choices))].join(', ')}.`);
}
