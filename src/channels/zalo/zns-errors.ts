// Error codes of business.openapi.zalo.me (ZNS, now ZBS by phone), each with what happened and what to do (sheet 6.2).
// What an operator must repair here holds back only the message: ordinary replies go through the other host.
import {
  type ErrorMeaning,
  type ErrorTable,
  later,
  notThisMessage,
  notThisPerson,
  renewToken,
  repairNeeded,
} from './error-meaning.ts';

const appWrong = repairNeeded(
  'Thông tin ứng dụng Zalo không đúng hoặc chưa kích hoạt. Hãy kiểm tra mục ZALO_ trong cấu hình.',
);
const templateData = notThisMessage(
  'Dữ liệu điền vào mẫu tin bị thiếu, quá dài hoặc sai định dạng. Hãy kiểm tra từng tham số của mẫu rồi gửi lại.',
);
const buttonWrong = notThisMessage('Nút bấm của mẫu tin không hợp lệ. Hãy kiểm tra nút trong mẫu tin.');
const encryption = notThisMessage('Khóa mã hóa ZNS có lỗi. Hãy báo kỹ thuật kiểm tra cấu hình khóa.');
const requestWrong = notThisMessage('Yêu cầu gửi ZNS không hợp lệ. Hãy kiểm tra mẫu tin và báo kỹ thuật kèm mã lỗi.');
const oaPermission = repairNeeded(
  'OA chưa có quyền gửi ZNS. Hãy cấp quyền cho ứng dụng tại trang quản trị; tin được giữ lại.',
);
const oaBlocked = repairNeeded(
  'OA chưa được phép gửi hoặc đang bị khóa gửi ZNS. Hãy xem thông báo của Zalo; tin được giữ lại.',
);
const cannotCharge = repairNeeded(
  'Zalo Cloud Account chưa liên kết, hết tiền hoặc ứng dụng chưa được cấp quyền. Hãy kiểm tra ZCA; tin được giữ lại.',
);
const personRefuses = notThisPerson(
  'Khách đã từ chối hoặc không đủ điều kiện nhận loại tin này. Hãy liên hệ qua kênh khác.',
);
const journey = notThisMessage('Mã hành trình ZNS bị thiếu, sai hoặc hết hạn. Hãy gửi bằng mẫu tin thường.');
const dayOver = later('message', 'next_day', 'Đã hết hạn mức ZNS trong ngày. Tin sẽ tự gửi vào ngày mai.');
const personDayOver = later(
  'recipient',
  'next_day',
  'Khách này đã nhận đủ số tin cho phép. Tin sẽ gửi lại vào ngày mai.',
);

export const znsErrors: ErrorTable = new Map<string, ErrorMeaning>([
  ['-124', renewToken('Mã truy cập của OA không còn hiệu lực. Hệ thống đang tự làm mới mã và gửi lại.')],

  ['-32', later('message', 'next_minute', 'ZNS được gọi quá nhanh. Tin sẽ tự gửi lại sau.')],
  ['-100', later('message', 'next_minute', 'Zalo gặp lỗi chưa rõ khi gửi ZNS. Hệ thống sẽ thử lại.')],
  ['-133', later('message', 'six_am', 'ZNS không gửi được từ 22 giờ đến 6 giờ. Tin sẽ tự gửi lúc 6 giờ sáng.')],
  ['-115', later('message', 'one_hour', 'Tài khoản ZNS hết hạn mức hoặc hết tiền. Hãy nạp thêm; tin được giữ lại.')],
  ['-144', dayOver],
  ['-160', dayOver],
  ['-147', dayOver],
  [
    '-1441',
    later('message', 'next_month', 'Đã hết hạn mức ZNS trong tháng. Tin chờ đến tháng sau hoặc khi được tăng hạn mức.'),
  ],
  ['-1471', personDayOver],
  ['-1472', personDayOver],

  ['-108', notThisMessage('Số điện thoại không hợp lệ. Hãy sửa số điện thoại của khách rồi gửi lại.')],
  ['-110', notThisPerson('Ứng dụng Zalo của khách quá cũ để nhận tin này. Hãy liên hệ qua kênh khác.')],
  [
    '-114',
    notThisPerson('Khách không nhận được tin (không hoạt động, từ chối hoặc bản Zalo cũ). Hãy liên hệ qua kênh khác.'),
  ],
  ['-118', notThisPerson('Số điện thoại này không có tài khoản Zalo. Hãy gửi SMS hoặc gọi cho khách.')],
  ['-119', notThisPerson('Tài khoản Zalo của số này không nhận được tin. Hãy gửi SMS hoặc gọi cho khách.')],
  ['-134', notThisPerson('Khách chưa đồng ý nhận tin. Hãy xin phép khách trước.')],
  ['-139', personRefuses],
  ['-140', personRefuses],
  ['-141', personRefuses],

  ['-106', requestWrong],
  ['-107', notThisMessage('Mã tin ZNS không hợp lệ. Hãy báo kỹ thuật kèm mã lỗi.')],
  ['-109', notThisMessage('Không tìm thấy mẫu tin. Hãy kiểm tra mã mẫu tin trong kịch bản.')],
  ['-1091', notThisMessage('Mẫu tin này không sửa được. Hãy tạo mẫu tin mới.')],
  ['-111', templateData],
  ['-112', templateData],
  ['-1121', templateData],
  ['-1122', templateData],
  ['-1123', templateData],
  ['-1124', templateData],
  ['-113', buttonWrong],
  ['-1131', buttonWrong],
  ['-1132', buttonWrong],
  ['-116', notThisMessage('Nội dung tin không hợp lệ. Hãy kiểm tra chữ trong các tham số.')],
  ['-121', requestWrong],
  ['-122', requestWrong],
  ['-123', encryption],
  ['-128', encryption],
  ['-129', encryption],
  ['-142', encryption],
  ['-143', encryption],
  ['-151', encryption],
  ['-152', encryption],
  ['-127', notThisMessage('Chế độ thử nghiệm chỉ gửi được cho quản trị viên. Hãy tắt chế độ thử nghiệm.')],
  ['-130', notThisMessage('Nội dung tin quá dài. Hãy rút ngắn các tham số rồi gửi lại.')],
  ['-132', requestWrong],
  ['-148', journey],
  ['-149', journey],
  ['-1491', journey],
  ['-150', journey],
  ['-153', requestWrong],
  ['-158', notThisMessage('Tệp gửi kèm quá lớn. Hãy giảm dung lượng tệp.')],
  ['-159', notThisMessage('Loại tệp gửi kèm không được hỗ trợ. Hãy dùng tệp khác.')],
  ['-161', requestWrong],
  ['-162', notThisMessage('Chế độ gửi vượt hạn mức chỉ dành cho mẫu loại 3. Hãy đổi chế độ gửi.')],

  ['-101', appWrong],
  ['-102', appWrong],
  ['-103', appWrong],
  ['-104', appWrong],
  ['-105', repairNeeded('Ứng dụng chưa liên kết với OA. Hãy kết nối lại OA; tin được giữ lại.')],
  [
    '-117',
    repairNeeded(
      'Ứng dụng hoặc OA không có quyền dùng mẫu tin này. Hãy kiểm tra chủ sở hữu mẫu tin; tin được giữ lại.',
    ),
  ],
  ['-120', oaPermission],
  ['-1201', oaPermission],
  ['-1202', oaPermission],
  ['-1241', repairNeeded('Mã appsecret_proof không đúng. Hãy kiểm tra ZALO_APP_SECRET; tin được giữ lại.')],
  ['-125', repairNeeded('Mã OA không hợp lệ. Hãy kiểm tra ZALO_OA_ID; tin được giữ lại.')],
  ['-126', repairNeeded('Ví thử nghiệm ZNS đã hết. Hãy nạp thêm hoặc tắt chế độ thử nghiệm; tin được giữ lại.')],
  ['-131', repairNeeded('Mẫu tin chưa được Zalo duyệt. Hãy chờ duyệt hoặc dùng mẫu khác; tin được giữ lại.')],
  ['-135', oaBlocked],
  ['-1351', oaBlocked],
  ['-136', cannotCharge],
  ['-137', cannotCharge],
  ['-138', cannotCharge],
  ['-1381', cannotCharge],
  ['-145', repairNeeded('Loại tin này chưa được phép gửi. Hãy kiểm tra loại mẫu tin; tin được giữ lại.')],
  ['-146', repairNeeded('Mẫu tin bị tắt vì chất lượng thấp. Hãy sửa mẫu và gửi duyệt lại; tin được giữ lại.')],
]);
