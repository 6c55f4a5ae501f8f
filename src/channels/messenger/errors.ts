// Meta's refusals, by code and subcode, and what each one means for us. Source: Messenger error codes (Jun 2026),
// Graph error handling, and what others saw in the field; checked 2026-11-21. Texts are localised and change: never matched.

/**
 * - temporary: surely not accepted, worth another try
 * - once_more: surely not accepted, worth one more try
 * - uncertain: may have been delivered
 * - delivered: delivered although the call failed
 * - too_fast, too_fast_for_person: wait
 * - recipient: stop for this person
 * - request: this message will never go
 * - account: token or permission; stop the page and tell the operator
 * - restricted: Meta stopped the page for a while
 * - window, thread: another way is needed
 */
export type ErrorClass =
  | 'temporary'
  | 'once_more'
  | 'uncertain'
  | 'delivered'
  | 'too_fast'
  | 'too_fast_for_person'
  | 'recipient'
  | 'request'
  | 'account'
  | 'restricted'
  | 'window'
  | 'thread';

export type ErrorMeaning = { class: ErrorClass; reason: string };

const UNAVAILABLE = 'Khách hiện không nhận được tin nhắn trên Messenger. Hãy liên hệ qua kênh khác.';
const BLOCKED = 'Khách không nhận tin của trang (đã chặn hoặc xoá hội thoại). Hãy liên hệ qua kênh khác.';
const UNKNOWN_PERSON =
  'Facebook không tìm thấy người nhận này trên trang. Kiểm tra lại mã khách (PSID) và trang đã kết nối.';
const WINDOW_CLOSED =
  'Đã quá 24 giờ từ lần khách nhắn gần nhất. Nhân viên tự viết (trong 7 ngày) hoặc gửi mẫu tin tiện ích.';
const OTHER_OWNER =
  'Một ứng dụng khác (ví dụ hộp thư trang) đang giữ hội thoại. Trả lời ở đó, hoặc chuyển hội thoại về Gắn Bó.';
const AUTOMATED_QA = 'Phần hỏi đáp tự động của quảng cáo đang chạy với khách này. Chờ nó kết thúc rồi trả lời.';
const TOKEN_DEAD =
  'Mã truy cập của trang đã hết hiệu lực. Quản trị viên cần lấy mã mới và đặt lại MESSENGER_PAGE_ACCESS_TOKEN.';
const NO_PERMISSION =
  'Ứng dụng thiếu quyền gửi tin (pages_messaging) hoặc chưa được duyệt. Quản trị viên kiểm tra ứng dụng trên trang Meta.';
const PAGE_LIMIT = 'Trang gửi quá nhanh, Facebook yêu cầu chờ. Tin sẽ tự gửi lại sau ít phút.';
const RESTRICTED = 'Facebook tạm hạn chế trang gửi tin. Quản trị viên xem mục Chất lượng trang và chờ hết hạn chế.';
const BAD_REQUEST = 'Facebook không chấp nhận nội dung tin này. Sửa nội dung rồi gửi lại.';
const BAD_MEDIA = 'Facebook không nhận tệp hoặc ảnh này (sai loại hay quá lớn). Dùng tệp khác dưới 25 MB.';
const MEDIA_LOST = 'Facebook không tải được tệp đính kèm. Tin được thử lại một lần; nếu vẫn lỗi, hãy gửi tệp khác.';
const TRY_AGAIN = 'Facebook đang gặp trục trặc tạm thời. Tin sẽ tự gửi lại.';
const NOT_OFFERED = 'Khách không còn nhận loại tin này, hoặc trang không được gửi loại tin này.';
const UNCERTAIN = 'Facebook báo lỗi không rõ, tin có thể đã đến khách. Xem hội thoại trên trang trước khi gửi lại.';
const DELIVERED = 'Facebook báo lỗi nhưng tin đã được gửi.';
const TERMS = 'Quản trị viên trang cần chấp nhận điều khoản liên hệ của trang trên Facebook.';

type Row = [code: number, subcodes: number[] | 'any', meaning: ErrorClass, reason: string];

/** A row with subcodes goes before one without; `any` also covers subcodes that are not listed. */
const TABLE: Row[] = [
  [1, [99], 'account', NO_PERMISSION],
  [1, [1357046], 'delivered', DELIVERED],
  [1, [2018382], 'request', BAD_REQUEST],
  [1, 'any', 'uncertain', UNCERTAIN],
  [2, [2018344], 'account', TERMS],
  [2, 'any', 'temporary', TRY_AGAIN],
  [3, 'any', 'account', NO_PERMISSION],
  [4, [2018354], 'request', NOT_OFFERED],
  [4, 'any', 'too_fast', PAGE_LIMIT],
  [9, 'any', 'request', NOT_OFFERED],
  [10, [2018278, 2018065], 'window', WINDOW_CLOSED],
  [10, [2018108], 'recipient', UNAVAILABLE],
  [10, [1893015, 2018336], 'recipient', NOT_OFFERED],
  [10, [1404170, 2534022, 2534077], 'request', NOT_OFFERED],
  [10, [1893063], 'restricted', RESTRICTED],
  [10, 'any', 'account', NO_PERMISSION],
  [17, 'any', 'too_fast', PAGE_LIMIT],
  [27, 'any', 'thread', OTHER_OWNER],
  [32, 'any', 'too_fast', PAGE_LIMIT],
  [100, [33], 'request', BAD_REQUEST],
  [100, [2018001], 'recipient', UNKNOWN_PERSON],
  [100, [2018008, 2018074, 2018294], 'once_more', MEDIA_LOST],
  [100, [2018047, 2018109], 'request', BAD_MEDIA],
  [100, [2018014, 2018320, 2018328, 2018164], 'request', BAD_REQUEST],
  [100, [2534037], 'thread', OTHER_OWNER],
  [100, 'any', 'request', BAD_REQUEST],
  [102, 'any', 'account', TOKEN_DEAD],
  [190, 'any', 'account', TOKEN_DEAD],
  [200, [2018021], 'request', BAD_REQUEST],
  [200, 'any', 'account', NO_PERMISSION],
  [230, 'any', 'account', NO_PERMISSION],
  [341, 'any', 'too_fast', PAGE_LIMIT],
  [368, 'any', 'restricted', RESTRICTED],
  [506, 'any', 'request', BAD_REQUEST],
  [551, 'any', 'recipient', BLOCKED],
  [
    613,
    [2018338],
    'too_fast_for_person',
    'Khách này đã nhận quá nhiều tin của trang. Tạm dừng gửi cho khách; tin được thử lại sau.',
  ],
  [613, [1893016], 'request', BAD_REQUEST],
  [613, 'any', 'too_fast', PAGE_LIMIT],
  [1200, 'any', 'temporary', TRY_AGAIN],
  [2022, 'any', 'restricted', RESTRICTED],
  [10303, 'any', 'request', BAD_REQUEST],
  [10900, 'any', 'request', BAD_REQUEST],
  [36000, 'any', 'request', BAD_MEDIA],
  [80001, 'any', 'too_fast', PAGE_LIMIT],
  [80006, 'any', 'too_fast', PAGE_LIMIT],
  [9000001, 'any', 'request', BAD_REQUEST],
];

/** Subcodes that mean the same under whatever code; Meta's pages also list them as codes. */
const BY_SUBCODE = new Map<number, ErrorMeaning>([
  [1545041, { class: 'recipient', reason: UNAVAILABLE }],
  // The two after the first stand beside it on the page of conversation routing: one thread, not the whole page.
  [2018300, { class: 'thread', reason: OTHER_OWNER }],
  [2018171, { class: 'thread', reason: OTHER_OWNER }],
  [2018234, { class: 'thread', reason: OTHER_OWNER }],
  [2018321, { class: 'thread', reason: AUTOMATED_QA }],
]);

export type GraphError = { code: number; subcode?: number | undefined; isTransient?: boolean | undefined };

/** What Meta's error says; an unknown code is a bad request unless Meta calls it transient. */
export function explainError({ code, subcode, isTransient }: GraphError): ErrorMeaning {
  const exact = subcode === undefined ? undefined : (findRow(code, subcode) ?? BY_SUBCODE.get(subcode));
  if (exact) return exact;
  const row = TABLE.find(([rowCode, subcodes]) => rowCode === code && subcodes === 'any');
  const general = row ? { class: row[2], reason: row[3] } : BY_SUBCODE.get(code);
  if (isTransient === true && (general === undefined || general.class === 'request')) {
    return { class: 'temporary', reason: TRY_AGAIN };
  }
  if (isTransient === false && general?.class === 'temporary') return { class: 'request', reason: BAD_REQUEST };
  return general ?? { class: 'request', reason: BAD_REQUEST };
}

function findRow(code: number, subcode: number): ErrorMeaning | undefined {
  const row = TABLE.find(([rowCode, subcodes]) => rowCode === code && subcodes !== 'any' && subcodes.includes(subcode));
  return row ? { class: row[2], reason: row[3] } : undefined;
}

/** The page's profile, conversations or menu could not be read; the message never holds a token. */
export class MessengerCallError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`Messenger did not answer as expected (${code}).`);
    this.name = 'MessengerCallError';
    this.code = code;
  }
}

/** Meta does not listen now, whatever is asked: another token is needed, or patience. */
export function isDeaf(error: GraphError): boolean {
  const meaning = explainError(error);
  return meaning.reason === TOKEN_DEAD || meaning.class === 'too_fast';
}
