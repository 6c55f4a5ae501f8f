// How much of an XLSX file is read at most, and the words for what is refused: a small file must not fill the memory.

const MIB = 1024 * 1024;

/** Unpacked bytes: a sheet and its texts are read in pieces, the other parts describe them and are small. */
export const mostBytes = { sheet: 1_024 * MIB, texts: 512 * MIB, other: 16 * MIB } as const;

/** What Excel itself can hold. */
export const MOST_COLUMNS = 16_384;
export const MOST_ROWS = 1_048_576;
export const LONGEST_TEXT = 32_767;

export const TOO_LARGE = 'Tệp XLSX khi giải nén quá lớn nên không được đọc. Lưu thành "CSV UTF-8" hoặc chia nhỏ.';
export const BROKEN = 'Tệp XLSX bị hỏng. Mở bằng Excel, lưu lại thành .xlsx rồi gửi lại.';
export const TOO_LONG = 'Tệp XLSX có ô hoặc thẻ dài quá mức Excel cho phép (32.767 ký tự). Rút ngắn ô ấy rồi gửi lại.';
export const TOO_WIDE = `Tệp có quá ${MOST_COLUMNS} cột. Chỉ giữ các cột cần nhập rồi gửi lại.`;
