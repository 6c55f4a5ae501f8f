// Words of the trade: which syllables belong together, and which words mean the same. The first of each line is the one
// that both guides and questions are read as; "+" in it separates words.
import { createPhraseTable } from './phrase-table.ts';
import { joinWords, readWords } from './read-words.ts';

const SAME_MEANING = [
  // doing
  'thêm: tạo · tạo mới · thêm mới · khai báo · add · lập',
  'sửa: chỉnh sửa · chỉnh · điều chỉnh · cập nhật · edit · update',
  'đổi: thay đổi · thay · chuyển sang',
  'xoá: delete · gỡ bỏ',
  'huỷ: cancel · huỷ bỏ',
  'dời: dời sang · lùi · hoãn · đẩy sang',
  'xem: coi · kiểm tra · check · tra cứu · theo dõi',
  'nhập: import · nạp vào · đưa vào',
  'xuất: export · kết xuất',
  'gửi: bắn · send · nhắn · nhắn tin',
  'bật: kích hoạt · mở tính năng',
  'gộp: ghép · nhập chung · merge',
  'trùng: bị đôi · trùng lặp · trùng nhau',
  'cài: cài đặt · thiết lập · set up · setup · set',
  'kết nối: liên kết · tích hợp · connect · đấu nối',
  // account and device
  'mật khẩu: password · pass · passwork · mật mã',
  'tài khoản: account · acc · nick',
  'đăng nhập: login · log in · sign in · vào tài khoản · đăng nhập vào',
  'đăng xuất: logout · log out · thoát tài khoản · thoát ra',
  'ứng dụng: app · apps · application',
  'điện thoại: phone · đthoại · dthoai · di động · smartphone',
  'số điện thoại: số đt · số phone · số di động · số máy',
  'máy tính: laptop · pc · computer',
  'gia hạn: renew · hết hạn · sắp hết hạn · đến hạn · gia hạn thêm · đóng tiếp',
  'nâng cấp: upgrade · nâng gói · lên gói · lên đời',
  'sao lưu: backup · back up · lưu dự phòng',
  'khôi phục: restore · phục hồi · lấy lại',
  'dữ liệu: data · số liệu',
  'excel: exel · ecxel · exell · excell · ex cel · bảng tính',
  'phần mềm: hệ thống · software',
  'hình: ảnh · hình ảnh · photo · pic',
  'tải: down · download · down về',
  'danh sách: list',
  'tải trang: load · loading · load trang · xoay vòng · quay vòng',
  // shop
  'khách hàng: khách · client · customer',
  'nhân viên: kỹ thuật viên · nhân sự · thợ · lễ tân · nhân công · staff',
  'bùng: bom · bom hàng · bom lịch · no show · noshow',
  'tiền tip: tiền bo · tiền boa · bo cho nhân viên · boa cho nhân viên · bo cho thợ · boa cho thợ',
  'lịch hẹn: cuộc hẹn · cái hẹn · appointment · hẹn khách · ca hẹn · hẹn',
  'đặt lịch: book lịch · booking · book · đặt hẹn · đặt chỗ',
  'dịch vụ: service · dvụ',
  'liệu trình: lộ trình · phác đồ · liệu trình điều trị',
  'nạp + thẻ: nạp vào thẻ',
  'thẻ trả trước: thẻ nạp tiền · thẻ tiền · ví trả trước',
  'thành viên: hội viên · member · membership · vip',
  'điểm thưởng: điểm tích luỹ · point · tích luỹ · tích điểm',
  'dịp lễ: ngày lễ · noel · giáng sinh · valentine · trung thu · ngày phụ nữ',
  'voucher: coupon · phiếu quà tặng · phiếu giảm giá · mã giảm giá · mã giảm · mã ưu đãi · evoucher',
  'khuyến mãi: khuyến mại · ưu đãi · sale · sale off · promotion · chương trình giảm giá',
  'hoá đơn: bill · biên lai · receipt',
  'hoa hồng: commission · tiền hoa hồng · phần trăm cho nhân viên · tiền tua',
  'lương: tiền công · thù lao · bảng lương · tiền lương · salary',
  'thanh toán: tính tiền · payment · thu tiền',
  'hoàn + tiền: hoàn tiền · hoàn lại tiền · hoàn trả tiền',
  'hoàn + học phí: hoàn học phí · hoàn lại học phí · hoàn tiền học · hoàn tiền học phí',
  'đóng + học phí: nộp học phí · nộp tiền học · đóng tiền học · trả học phí · đóng tiền học phí',
  'thu + học phí: thu tiền học',
  'chuyển khoản: banking · chuyển tiền · bank · internet banking',
  'tiền cọc: cọc · đặt cọc · tiền đặt cọc',
  'đối soát: đối chiếu · khớp tiền · dò tiền · đối soát tiền',
  'nợ: công nợ · còn thiếu · thiếu tiền · chưa đóng · chưa trả · ghi nợ',
  'doanh thu: doanh số · revenue · tiền bán được',
  'lời lỗ: lãi lỗ · lỗ lãi · lỗ lời · lợi nhuận · tiền lời · tiền lãi',
  'báo cáo: report · thống kê',
  'kho: tồn kho · hàng tồn · kho hàng · hàng trong kho',
  'kiểm kho: kiểm kê · kiểm hàng · đếm hàng · kiểm tồn',
  'vật tư: nguyên liệu · hao hụt · tiêu hao · mỹ phẩm tiêu hao',
  'chi nhánh: cơ sở · cửa hàng · tiệm · điểm bán',
  'phân quyền: cấp quyền · phân vai trò · quyền hạn · quyền truy cập',
  'xếp ca: chia ca · phân ca · xếp lịch làm · lịch làm việc · ca làm',
  'chấm công: check in đi làm · vân tay · điểm danh nhân viên · giờ công',
  'đánh giá: review · feedback · nhận xét của khách · vote',
  'phòng: room',
  // school
  'học viên: học sinh · học trò · sinh viên · các bé · em học sinh · bé',
  'giáo viên: thầy cô · giảng viên · cô giáo · thầy giáo · giáo vụ · người dạy',
  'phụ huynh: ba mẹ · bố mẹ · cha mẹ · mẹ bé · ba má',
  'học phí: tiền học · tiền học phí · học fí',
  'lịch học: thời khoá biểu · lịch dạy · giờ học · lịch lớp',
  'điểm danh: vắng mặt · có mặt · chuyên cần',
  'chứng chỉ: giấy chứng nhận · chứng nhận · giấy khen · bằng khen · certificate · bằng tốt nghiệp',
  'bảng điểm: điểm số · điểm thi · điểm kiểm tra · kết quả kiểm tra · kết quả thi · kết quả học tập · điểm học viên',
  'bài tập: homework · bài về nhà · bài tập về nhà',
  'bảo lưu: tạm nghỉ · nghỉ tạm · tạm ngưng',
  'học bù: bù buổi · buổi bù · dạy bù',
  'học thử: trial · test đầu vào · buổi thử',
  'tuyển sinh: đăng ký mới · khách tiềm năng · lead · học viên tiềm năng',
];

/** Syllables that make one word, though nothing else means the same. */
const COMPOUNDS = `đăng ký · tin nhắn · thông báo · thiết bị · bảo hành · máy in · mã qr · mã vạch · thông tin · địa chỉ · số lượng · sĩ số
  · quá hạn · định mức · tiền mặt · phiếu chi · phiếu thu · sinh nhật · công ty · trung tâm · chương trình · nội dung · kế toán · quản lý
  · danh sách · hồ sơ · tự động · ngân hàng · sao kê · tài chính · thời gian · bắt đầu · sản phẩm · mỹ phẩm · chi phí · ghi danh · khai giảng
  · khai trương · trình độ · kiểm tra đầu vào · bạn bè · giới thiệu · quảng cáo · tư vấn · liên hệ · cảnh báo · xác nhận · quà tặng`;

/** Typed without dấu they would be read as one of the words above: "bán" as "bắn", "ghi nhận" as "nhắn", "chính thức" as "chỉnh". */
const LEFT_ALONE = `bán · ghi nhận · nhận được · chưa nhận · không nhận · nhận lại · chính thức · chính chủ · kết quả · hoàn lại · hoàn trả · hoàn thành`;

/** A main word is kept whole too, so that "khách hàng" is not read as "khách" and becomes "khách hàng hàng". */
function pairsOf(line: string): [string, string][] {
  const [meaning = '', words = ''] = line.split(': ');
  const said = meaning.includes('+') ? words.split(' · ') : [meaning, ...words.split(' · ')];
  return said.map((word) => [word, meaning]);
}

const wordsOf = (list: string) => list.split('·').map((word) => word.trim());
const compounds = wordsOf(COMPOUNDS).map((word): [string, string] => [word, word]);
const leftAlone = wordsOf(LEFT_ALONE).map((word): [string, null] => [word, null]);

// Of two that fit words without dấu equally well the earlier one is taken.
export const synonyms = createPhraseTable([...leftAlone, ...SAME_MEANING.flatMap(pairsOf), ...compounds], (meaning) =>
  meaning.split('+').map((word) => joinWords(readWords(word))),
);
