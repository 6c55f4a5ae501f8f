// Questions that no guide may answer even where the words fit: our prices and offers, our company, complaints,
// a wish for a person, answers to a survey, or no interest. They are for people or for other flows.
import { createPhraseTable } from './phrase-table.ts';

/** Looks like one of those below, but is a question about the software. */
const NOT_MEANT = `sửa giá · đổi giá · chỉnh giá · tăng giá · cập nhật giá · nhập giá · cài giá · đặt giá · xem giá · bảng giá · đánh giá
  · điều kiện · địa chỉ đăng nhập · địa chỉ phần mềm · địa chỉ trang · địa chỉ vào · không gia hạn được · muốn tuyển sinh · cần tuyển sinh`;

const PRICES = `gói này bao nhiêu · cái này bao nhiêu · học này bao nhiêu · giá bao nhiêu · giá nhiêu · giá thế nào · giá sao · giá cả
  · giá như thế nào · giá phần mềm · giá gói này · giá các gói · báo giá · xin giá · tốn bao nhiêu · phí bao nhiêu · bao nhiêu một tháng
  · bao nhiêu tháng · bao nhiêu tiền tháng · bao nhiêu tiền một · bao nhiêu một năm · bao nhiêu năm · đắt quá · mắc quá · đắt dữ · mắc dữ · rẻ hơn
  · giảm giá cho mình · giảm giá cho em · giảm giá cho chị · giảm giá cho anh · giảm giá cho tôi · bớt giá · bớt cho mình · bớt cho em · bớt cho chị
  · bớt cho anh · bớt chút · mất phí không · tốn phí không · miễn phí không · có tốn tiền · giá gia hạn · giá nâng cấp · giá vàng · giá xăng`;

const COMPANY = `lịch đào tạo · buổi đào tạo · công ty em · công ty bạn · công ty tên gì · bên em tên gì · số tài khoản của công ty
  · số tài khoản công ty · xin số tài khoản · văn phòng bên em · có ưu đãi gì · có khuyến mãi gì · ưu đãi gì không · khuyến mãi gì không
  · đang có chương trình gì · so sánh với phần mềm · so với phần mềm khác · so với bên khác · tuyển dụng · tuyển cộng tác viên
  · xin địa chỉ · cho địa chỉ · địa chỉ spa ở đâu · địa chỉ trung tâm ở đâu · thu mua · thu lại máy · làm đại lý · hợp tác · nhượng quyền
  · ký hợp đồng · hợp đồng mẫu · phỏng vấn · bao giờ ra tính năng · khi nào ra tính năng · khi nào có tính năng · bao giờ có tính năng
  · nhầm cho bên em · nhầm cho công ty · nhầm qua bên em · dư cho bên em · hai lần cho bên em`;

/** What our customers are asked by theirs, and what nobody keeps in the software. */
const THEIR_TRADE = `đau không · có hết mụn không · có an toàn không · có tác dụng phụ · mấy giờ học · học mấy giờ · tuổi mấy giờ · tuổi học lớp nào
  · tuổi học được không · thuế hộ kinh doanh · thuế khoán · thuế môn bài · thuế thu nhập · khai thuế · quyết toán thuế · tuyển kỹ thuật viên ở đâu
  · tuyển nhân viên ở đâu · tuyển thợ ở đâu · tuyển người ở đâu · muốn tuyển · cần tuyển`;

const COMPLAINTS = `khiếu nại · tố cáo · phàn nàn · lừa đảo · lừa tiền · tệ quá · quá tệ · rất tệ · dở quá · quá dở · thất vọng · bực mình
  · bực quá · bực bội · tức quá · chán quá · chán ghê · vô trách nhiệm · làm ăn kiểu gì · làm ăn gì · làm ăn chán · đòi lại tiền cho tôi
  · trả lại tiền cho tôi · trả tiền lại cho tôi · hoàn tiền cho tôi · hoàn tiền cho mình · hoàn tiền lại cho tôi · bóc phốt · kém quá · quá kém
  · phục vụ kém · sẽ kiện · kiện công ty · kiện các · không ai trả lời · không thấy ai trả lời · chưa thấy ai trả lời`;

const PEOPLE = `gặp nhân viên · gặp quản lý · gặp tư vấn · gặp người · gặp ai · nói chuyện với người · nói chuyện với nhân viên · tư vấn viên
  · gọi lại cho em · gọi lại cho tôi · gọi lại cho mình · gọi lại cho chị · gọi lại cho anh · gọi cho mình · gọi cho em · gọi cho tôi · tổng đài
  · xin hotline · số hotline bao nhiêu · số điện thoại hotline bao nhiêu · hotline bao nhiêu · gọi hotline`;

const OPINIONS = `rất hài lòng · hài lòng lắm · không hài lòng · tuyệt vời · khó xài quá · khó dùng quá · xài khó quá · dùng khó quá
  · khó xài lắm · khó dùng lắm · khó xài ghê · dễ xài lắm · dễ dùng lắm · phần mềm rác · app rác · phần mềm cùi · app cùi · app lởm · chỉ xem thôi`;

const NO_INTEREST = `không quan tâm · không cần đâu · không có nhu cầu · không gia hạn · đừng nhắn nữa · đừng gửi nữa`;

function phrasesOf<Meaning>(list: string, meaning: Meaning): [string, Meaning][] {
  return list.split('·').map((phrase) => [phrase.trim(), meaning]);
}

export const otherMatters = createPhraseTable([
  ...phrasesOf(NOT_MEANT, null),
  ...[PRICES, COMPANY, THEIR_TRADE, COMPLAINTS, PEOPLE, OPINIONS, NO_INTEREST].flatMap((list) => phrasesOf(list, '')),
]);
