// Questions that no guide may answer even where the words fit: our prices and offers, our company, complaints,
// a wish for a person, or for none of this.
// They are for people.
import { createPhraseTable } from './phrase-table.ts';

const PRICES = `học này bao nhiêu · gói này bao nhiêu · cái này bao nhiêu · giá bao nhiêu · giá nhiêu · giá thế nào · giá sao · giá cả · giá như thế nào · giá ntn · giá phần mềm · giá gói · báo giá · xin giá
  · hết bao nhiêu · mất bao nhiêu · tốn bao nhiêu · phí bao nhiêu · bao nhiêu một tháng · bao nhiêu tháng · bao nhiêu tiền tháng
  · bao nhiêu tiền một · bao nhiêu một năm · bao nhiêu năm · nhiêu tiền một · đắt quá · mắc quá · rẻ hơn · giảm giá cho · bớt giá · bớt cho · bớt chút
  · mất phí không · tốn phí không · miễn phí không · có tốn tiền · giá gia hạn · giá nâng cấp`;

const COMPLAINTS = `khiếu nại · tố cáo · phàn nàn · lừa đảo · lừa tiền · tệ quá · quá tệ · rất tệ · dở quá · quá dở · thất vọng · bực mình · bực quá · bực bội
  · tức quá · chán quá · chán ghê · vô trách nhiệm · làm ăn kiểu gì · làm ăn gì · đòi lại tiền · trả lại tiền cho tôi · trả tiền lại cho tôi
  · hoàn tiền cho tôi · hoàn tiền cho mình · hoàn tiền lại cho tôi · không hài lòng · bóc phốt · kém quá · quá kém · thái độ · kiện · phục vụ kém
  · không ai trả lời · không thấy ai trả lời · chờ cả tuần · chờ mãi`;

const PEOPLE = `gặp nhân viên · gặp tư vấn · gặp người · gặp ai · nói chuyện với người · nói chuyện với nhân viên · tư vấn viên · gọi lại cho · gọi cho mình
  · gọi cho em · gọi cho tôi · tổng đài · xin hotline · số hotline bao nhiêu · hotline bao nhiêu · hotline là · gọi hotline`;

const COMPANY = `công ty em · công ty bạn · công ty mình tên · công ty tên gì · bên em tên gì · số tài khoản của công ty · số tài khoản công ty
  · xin số tài khoản · văn phòng bên em · có ưu đãi gì · có khuyến mãi gì · ưu đãi gì không · khuyến mãi gì không · đang có chương trình gì
  · so sánh với phần mềm · so với phần mềm khác · so với bên khác · tuyển dụng · tuyển cộng tác viên · giá vàng · giá xăng`;

const NO_INTEREST = `không quan tâm · không cần nữa · không cần đâu · không dùng nữa · không có nhu cầu · đừng nhắn nữa · đừng gửi nữa`;

export const otherMatters = createPhraseTable(
  [PRICES, COMPLAINTS, PEOPLE, COMPANY, NO_INTEREST].flatMap((list) =>
    list.split('·').map((phrase): [string, string] => [phrase.trim(), '']),
  ),
);
