// What the YAML reader complains about, in the words of those who write the files.
import type { ErrorCode } from 'yaml';

export type Words = { code: string; message: string; fix: string };

const example = 'Xem ví dụ trong flows/README.md.';
export const indent = 'Thụt vào bằng dấu cách, mỗi tầng 2 dấu cách; các mục ngang hàng thụt bằng nhau.';
const pair =
  'Viết "tên: giá trị", có dấu cách sau dấu ":"; trước mỗi mục của danh sách có "- ". Lời dài thì đặt trong nháy.';
const quotes =
  'Lời có dấu ":" hoặc "#", hay bắt đầu bằng một trong các dấu " \' { [ & * ! % @ `, thì đặt trong nháy hoặc viết sau dấu "|".';

const meanings: Partial<Record<ErrorCode, readonly [message: string, fix: string]>> = {
  BAD_INDENT: ['Dòng này thụt vào chưa đúng chỗ.', indent],
  BLOCK_IN_FLOW: [
    'Trong { } hay [ ] có chỗ viết chưa đúng.',
    'Các mục cách nhau bằng dấu phẩy, ví dụ { after: 2 days, go: end }; lời có dấu ":" thì đặt trong nháy; danh sách "- " thì bỏ { }.',
  ],
  BLOCK_AS_IMPLICIT_KEY: ['Trên một dòng có hai dấu ":".', quotes],
  MULTILINE_IMPLICIT_KEY: ['Dòng này thiếu dấu ":", hoặc lời của dòng trên chưa đóng.', pair],
  MISSING_CHAR: [
    'Dòng này thiếu một dấu: "- " ở đầu, ":" sau tên, dấu cách sau ":", hoặc thụt vào chưa bằng các mục ngang hàng.',
    `${pair} ${indent}`,
  ],
  BAD_SCALAR_START: ['Giá trị không được bắt đầu bằng dấu này.', quotes],
  UNEXPECTED_TOKEN: ['Chỗ này thừa chữ hoặc thừa dấu.', quotes],
  BAD_DQ_ESCAPE: ['Trong nháy kép, dấu \\ có nghĩa riêng.', 'Viết \\\\ hoặc dùng nháy đơn.'],
  MULTIPLE_DOCS: ['File có dòng "---" ở giữa.', 'Bỏ dòng "---": mỗi file một nội dung.'],
  NON_STRING_KEY: ['Tên ở bên trái dấu ":" phải là chữ.', quotes],
  TAG_RESOLVE_FAILED: ['Dấu "!" ở đầu giá trị có nghĩa riêng.', quotes],
  KEY_OVER_1024_CHARS: ['Tên ở bên trái dấu ":" dài quá.', quotes],
};

export function explainYamlError(code: ErrorCode): Words {
  if (code === 'TAB_AS_INDENT') {
    const fix = 'Thụt dòng bằng dấu cách, mỗi tầng 2 dấu cách.';
    return { code: 'yaml_tab', message: 'Thụt dòng bằng phím Tab.', fix };
  }
  const [message, fix] = meanings[code] ?? ['Dòng này viết chưa đúng.', example];
  return { code: 'yaml_syntax', message, fix };
}

/** A space that looks like one and is none: the reader takes it for a letter. */
export const hardSpace: Words = {
  code: 'yaml_hard_space',
  message: 'Có dấu cách lạ (NBSP) ở đầu dòng hoặc sau dấu ":" hay "-", thường do dán từ Word hoặc trang web.',
  fix: 'Xoá dấu cách ấy và gõ lại bằng phím cách.',
};

/** Only where it stands instead of a space that YAML needs. */
export const hardSpacePattern = /(?:^[ \u00A0\u2007\u202F]*|[:-])[\u00A0\u2007\u202F]/mu;

export const emptyFile: Words = {
  code: 'empty_file',
  message: 'File chưa có gì.',
  fix: `Viết nội dung, hoặc xoá file này. ${example}`,
};
