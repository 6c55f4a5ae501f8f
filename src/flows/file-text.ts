// What an editor or a copy may have done to a file: another encoding, another spelling of the same letters, other line ends.

type Words = { code: string; message: string; fix: string };

/**
 * Letters as one sign each (a Mac may split "ệ" in three), lines that end as everywhere, and none of the signs that
 * nobody sees: the one that Notepad puts before the first line, spaces without width.
 */
export function tidyFileText(source: string): string {
  return source
    .normalize('NFC')
    .replace(/[\uFEFF\u200B\u2060]/g, '')
    .replace(/\r\n?/g, '\n');
}

/** Where a file that is not UTF-8 cannot be read; customers would get its broken letters. null = it can be read. */
export function findUnreadable(source: string): (Words & { offset: number }) | null {
  const offset = source.search(/[\uFFFD\0]/);
  if (offset === -1) return null;
  return {
    offset,
    code: 'not_utf8',
    message: 'File không lưu bằng bảng mã UTF-8, chữ có dấu bị hỏng.',
    fix: 'Mở lại và lưu với bảng mã UTF-8 (Notepad: Save As → Encoding → UTF-8), rồi sửa các chữ đã hỏng.',
  };
}
