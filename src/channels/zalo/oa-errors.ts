// Error codes of openapi.zalo.me, each with what happened and what to do, for agents (contract sheet 6.1, 2026-11).
import {
  accountNeedsRepair,
  type ErrorMeaning,
  type ErrorTable,
  later,
  notThisMessage,
  notThisPerson,
  renewToken,
  repairNeeded,
  uploadAgain,
  windowClosed,
} from './error-meaning.ts';

const tokenDead = renewToken('Mã truy cập của OA không còn hiệu lực. Hệ thống đang tự làm mới mã và gửi lại.');

const windowOver = windowClosed(
  'Khách không tương tác với OA trong 7 ngày qua nên Zalo không nhận tin thường. Hãy dùng mẫu tin ZBS/ZNS hoặc gọi cho khách.',
);

const assetUnknown = notThisMessage('Tài nguyên của nhóm chat đã dùng hoặc đã bị tắt. Hãy chọn tài nguyên khác.');

export const oaErrors: ErrorTable = new Map<string, ErrorMeaning>([
  ['-216', tokenDead],
  ['-220', tokenDead],
  ['216', tokenDead],
  ['401', tokenDead],
  ['-401', tokenDead],
  ['-100', uploadAgain('Tệp đã tải lên Zalo quá 7 ngày nên hết hạn. Hệ thống đang tải lại và gửi lại.')],

  ['-32', later('account', 'next_minute', 'OA đã gọi Zalo quá số lần cho phép trong phút này. Tin sẽ tự gửi lại sau.')],
  // Nobody knows whether such a message never went: it is tried twice more and then left to a person.
  [
    '-200',
    later('message', 'half_minute', 'Zalo báo gửi tin không thành công. Hãy xem hội thoại trước khi gửi lại.', 3),
  ],
  ['-214', later('message', 'half_minute', 'Bài viết đang được Zalo xử lý. Hệ thống sẽ thử lại.')],
  [
    '-211',
    later(
      'message',
      'next_day',
      'OA đã hết hạn mức tin. Tin chờ đến khi có hạn mức mới; hãy mua thêm nếu cần gửi gấp.',
    ),
  ],
  ['-218', later('recipient', 'next_day', 'Khách này đã nhận đủ số tin cho phép trong ngày. Tin sẽ gửi vào ngày mai.')],
  [
    '-234',
    later('message', 'six_am', 'Zalo không nhận loại tin này từ 22 giờ đến 6 giờ. Tin sẽ tự gửi lúc 6 giờ sáng.'),
  ],

  ['-230', windowOver],
  ['-232', windowOver],
  ['-213', notThisPerson('Khách chưa quan tâm OA nên tính năng này không dùng được. Hãy mời khách bấm Quan tâm.')],
  ['-217', notThisPerson('Khách đã chặn lời mời từ OA. Hãy liên hệ qua kênh khác.')],
  [
    '-227',
    notThisPerson('Tài khoản Zalo của khách bị khóa hoặc không hoạt động hơn 45 ngày. Hãy liên hệ qua kênh khác.'),
  ],
  [
    '-244',
    notThisPerson(
      'Khách đã tắt nhận loại tin này từ OA. Hãy tôn trọng lựa chọn của khách, chỉ trả lời khi khách nhắn.',
    ),
  ],

  [
    '-201',
    notThisMessage('Zalo báo một thông tin trong tin không hợp lệ. Hãy kiểm tra nội dung, nút bấm và người nhận.'),
  ],
  ['-210', notThisMessage('Tin vượt giới hạn của Zalo (chữ quá dài hoặc tệp quá lớn). Hãy rút gọn rồi gửi lại.')],
  ['-233', notThisMessage('Zalo không hỗ trợ loại tin này. Hãy đổi sang tin văn bản.')],
  ['-240', notThisMessage('Zalo đã ngừng giao diện gửi tin cũ. Hãy báo kỹ thuật cập nhật phần mềm.')],
  ['-248', notThisMessage('Nội dung vi phạm quy định của Zalo. Hãy sửa nội dung trước khi gửi lại.')],
  [
    '-249',
    notThisMessage('Mẫu tin này không gửi được theo tài khoản Zalo. Hãy gửi theo số điện thoại hoặc tạo mẫu mới.'),
  ],
  ['-305', notThisMessage('Zalo từ chối tin với mã -305 chưa rõ nghĩa. Hãy báo kỹ thuật kèm mã này.')],
  ['-237', notThisMessage('Nhóm chat đã hết hạn. Hãy gia hạn gói nhóm trong trang quản trị OA.')],
  ['-238', assetUnknown],
  ['-241', assetUnknown],
  ['-403', notThisMessage('OA không ở trong nhóm chat này. Hãy thêm OA vào nhóm.')],
  ['-1340', notThisMessage('Không tìm thấy biểu mẫu quảng cáo. Hãy kiểm tra lại biểu mẫu.')],
  ['-1341', notThisMessage('OA không có quyền với biểu mẫu quảng cáo này. Hãy kiểm tra quyền của biểu mẫu.')],

  ['-204', accountNeedsRepair('OA đã bị xóa hoặc vô hiệu hóa. Hãy kiểm tra OA tại oa.zalo.me; tin được giữ lại.')],
  ['-205', accountNeedsRepair('Zalo không tìm thấy OA. Hãy kiểm tra ZALO_OA_ID và kết nối lại OA; tin được giữ lại.')],
  [
    '-209',
    accountNeedsRepair('Ứng dụng Zalo chưa được kích hoạt. Hãy kích hoạt tại developers.zalo.me; tin được giữ lại.'),
  ],
  [
    '-212',
    accountNeedsRepair(
      'Ứng dụng chưa đăng ký Official Account API. Hãy đăng ký tại developers.zalo.me; tin được giữ lại.',
    ),
  ],
  [
    '-219',
    accountNeedsRepair(
      'Ứng dụng Zalo đã bị gỡ hoặc vô hiệu hóa. Hãy kiểm tra tại developers.zalo.me; tin được giữ lại.',
    ),
  ],
  [
    '-221',
    accountNeedsRepair('OA cần được xác thực mới gửi được tin. Hãy xác thực OA tại oa.zalo.me; tin được giữ lại.'),
  ],
  [
    '-223',
    accountNeedsRepair('OA chưa cấp quyền này cho ứng dụng. Hãy kết nối lại OA và cấp đủ quyền; tin được giữ lại.'),
  ],
  ['-224', accountNeedsRepair('Gói dịch vụ của OA không cho dùng API này. Hãy nâng gói OA; tin được giữ lại.')],
  ['-235', accountNeedsRepair('Loại OA này không dùng được API gửi tin. Hãy kiểm tra loại OA; tin được giữ lại.')],
  ['-242', accountNeedsRepair('Mã appsecret_proof không đúng. Hãy kiểm tra ZALO_APP_SECRET; tin được giữ lại.')],
  ['-501', accountNeedsRepair('Zalo chỉ trả thông tin cho máy chủ có IP ở Việt Nam. Hãy chạy máy chủ tại Việt Nam.')],
  [
    '-320',
    repairNeeded('Ứng dụng chưa liên kết Zalo Cloud Account. Hãy liên kết ZCA để gửi tin tính phí; tin được giữ lại.'),
  ],
  ['-321', repairNeeded('Zalo Cloud Account hết tiền hoặc không trừ được phí. Hãy nạp tiền; tin được giữ lại.')],
]);
