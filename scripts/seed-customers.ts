// The people of db:seed: who they are, what they bought and when, what they wrote. All invented: no such person, shop or
// number exists. Days count back from the present.

/** `to`: said only when the last bubble on the phone holds these words: chance may have held an offer out. */
export type Words = { daysAgo: number; at: string; text: string; to?: string };
export type SeedCustomer = {
  externalId: string;
  name: string;
  formOfAddress: 'anh' | 'chị';
  phone: string;
  channel: 'zalo' | 'messenger';
  peerId: string;
  story: string;
  industry?: string;
  role?: string;
  tags?: string[];
  attributes?: Record<string, string | number>;
  agrees?: boolean;
  /** First seen in the chat, and known to the CRM. */
  metDaysAgo: number;
  subscription?: {
    product: 'spa' | 'training';
    plan: string;
    value: number;
    status?: 'active' | 'trial' | 'expired';
    startedDaysAgo: number;
    expiresInDays: number;
    owner?: string;
  };
  usage?: { daysAgo: number; at: string; values: Record<string, number> }[];
  orders?: { id: string; daysAgo: number; amount: number; offerCode?: string; items?: { name: string }[] }[];
  says?: Words[];
};

type Person = Pick<SeedCustomer, 'name' | 'formOfAddress' | 'channel' | 'story'>;
type More = Omit<SeedCustomer, keyof Person | 'externalId' | 'phone' | 'peerId'>;

let count = 0;
function customer(
  channel: Person['channel'],
  name: string,
  formOfAddress: 'anh' | 'chị',
  story: string,
  more: More,
): SeedCustomer {
  count += 1;
  const number = String(count).padStart(4, '0');
  const peerId = channel === 'zalo' ? `90000000000000${number}` : `9000000000000${number}`;
  return { externalId: `KH-${number}`, phone: `090000${number}`, peerId, channel, name, formOfAddress, story, ...more };
}

const spa = { product: 'spa', plan: 'co-ban', value: 3_588_000, owner: 'thao@ganbo.example' } as const;
const centre = { product: 'training', plan: 'co-ban', value: 4_788_000, owner: 'nam@ganbo.example' } as const;
const year = (startedDaysAgo: number) => ({ startedDaysAgo, expiresInDays: 365 - startedDaysAgo });
const asks = (daysAgo: number, at: string, text: string, to?: string): Words => ({
  ...{ daysAgo, at, text },
  ...(to === undefined ? {} : { to }),
});
const usesAll = { appointments: 34, reminders_sent: 20, treatments: 6, reports_viewed: 9 };
const teachesAll = { learners: 120, attendance: 40, tuition_receipts: 30, tuition_reminders: 12 };

export const seedCustomers: readonly SeedCustomer[] = [
  customer('zalo', 'Nguyễn Thu Hà', 'chị', 'chủ spa, mới mua hôm qua, vừa được chào', {
    metDaysAgo: 1,
    subscription: { ...spa, ...year(1) },
    orders: [{ id: 'DH-0001', daysAgo: 1, amount: 3_588_000 }],
  }),
  customer('messenger', 'Trần Minh Khôi', 'anh', 'trung tâm ngoại ngữ, dùng thử tuần đầu, còn tính năng chưa dùng', {
    metDaysAgo: 5,
    agrees: true,
    subscription: { ...centre, plan: 'co-ban', value: 0, status: 'trial', startedDaysAgo: 5, expiresInDays: 9 },
    usage: [{ daysAgo: 3, at: '16:00', values: { learners: 42 } }],
    says: [asks(3, '20:00', 'hướng dẫn thêm học viên')],
  }),
  customer('zalo', 'Lê Ngọc Mai', 'chị', 'khách một năm, 6 ngày nữa hết hạn, đã được mời gia hạn có quà', {
    metDaysAgo: 90,
    role: 'chủ',
    subscription: { ...spa, plan: 'chuoi', value: 5_988_000, startedDaysAgo: 359, expiresInDays: 6 },
    usage: [{ daysAgo: 80, at: '10:00', values: usesAll }],
    says: [asks(34, '20:00', 'hướng dẫn chấm công'), asks(8, '20:00', 'hướng dẫn kiểm kho')],
  }),
  customer('zalo', 'Phạm Quốc Bảo', 'anh', 'năm chi nhánh, hơn 100 lịch hẹn: đã nhận lời lên gói Chuỗi', {
    metDaysAgo: 91,
    agrees: true,
    subscription: { ...spa, ...year(90) },
    usage: [
      { daysAgo: 86, at: '10:00', values: { ...usesAll, branches: 5 } },
      { daysAgo: 14, at: '18:00', values: { appointments: 131 } },
    ],
    says: [
      asks(80, '10:30', 'rất hài lòng'),
      asks(80, '10:31', 'không'),
      asks(80, '10:32', '8'),
      asks(14, '20:00', 'hướng dẫn thêm chi nhánh'),
      asks(13, '10:10', 'nâng cấp luôn', 'Phí cả năm'),
    ],
    orders: [{ id: 'DH-0004', daysAgo: 11, amount: 5_988_000, offerCode: 'NANGCAP-CHUOI' }],
  }),
  customer('zalo', 'Võ Thị Kim Ngân', 'chị', 'đã xin ngừng nhận tin: chỉ được trả lời khi chị hỏi', {
    metDaysAgo: 60,
    subscription: { ...centre, ...year(60) },
    says: [asks(30, '09:00', 'dừng')],
  }),
  customer('messenger', 'Bùi Thị Thảo', 'chị', 'chấm 2 điểm, việc đang quá hạn', {
    metDaysAgo: 16,
    subscription: { ...spa, ...year(16) },
    usage: [{ daysAgo: 14, at: '10:00', values: usesAll }],
    says: [
      asks(7, '20:00', 'hướng dẫn báo cáo doanh thu'),
      asks(6, '10:20', '2'),
      asks(6, '10:22', 'viết góp ý'),
      asks(6, '10:24', 'báo cáo cuối ngày tải lâu quá, mình phải chờ cả phút'),
    ],
  }),
  customer('zalo', 'Đỗ Minh Châu', 'chị', 'chấm 5 và 10 điểm, đã nhận mã giới thiệu bạn bè', {
    metDaysAgo: 41,
    agrees: true,
    subscription: { ...spa, ...year(40) },
    usage: [{ daysAgo: 38, at: '10:00', values: usesAll }],
    says: [
      asks(30, '10:20', '5'),
      asks(30, '10:21', 'không'),
      asks(30, '10:22', '10'),
      asks(29, '10:20', 'gửi lời mời', 'gửi họ mã'),
    ],
  }),
  customer('zalo', 'Hoàng Gia Linh', 'chị', 'sắp hết hạn, không gia hạn vì giá', {
    metDaysAgo: 71,
    subscription: { ...spa, startedDaysAgo: 361, expiresInDays: 4 },
    usage: [
      { daysAgo: 66, at: '10:00', values: { ...usesAll, branches: 2 } },
      { daysAgo: 9, at: '18:00', values: { appointments: 40 } },
    ],
    says: [
      asks(4, '20:00', 'hướng dẫn so sánh chi nhánh'),
      asks(2, '10:10', 'không gia hạn', 'tặng thêm 2 tháng'),
      asks(2, '10:11', 'giá cao', 'lý do'),
    ],
  }),
  customer('messenger', 'Phan Thị Yến', 'chị', 'đối soát học phí vất vả, vừa được mời cổng thanh toán', {
    metDaysAgo: 55,
    agrees: true,
    subscription: { ...centre, ...year(55) },
    usage: [
      { daysAgo: 52, at: '10:00', values: teachesAll },
      { daysAgo: 2, at: '18:00', values: { unmatched_transfers: 37 } },
    ],
    says: [asks(45, '10:30', '3'), asks(2, '20:30', 'hướng dẫn đối soát chuyển khoản')],
  }),
  customer('zalo', 'Lê Văn Dũng', 'anh', 'đã nhận lời kết nối cổng thanh toán', {
    metDaysAgo: 61,
    agrees: true,
    subscription: { ...centre, ...year(60) },
    usage: [
      { daysAgo: 57, at: '10:00', values: teachesAll },
      { daysAgo: 16, at: '18:00', values: { unmatched_transfers: 21 } },
    ],
    says: [
      asks(50, '10:20', '4'),
      asks(16, '20:00', 'hướng dẫn thu học phí'),
      asks(15, '10:10', 'kết nối giúp mình', 'Phí cả năm'),
    ],
    orders: [{ id: 'DH-0010', daysAgo: 12, amount: 1_188_000, offerCode: 'CONG-THANH-TOAN' }],
  }),
  customer('zalo', 'Đặng Hoàng Long', 'anh', 'đã nghỉ hơn một tháng, được mời quay lại', {
    metDaysAgo: 85,
    agrees: true,
    subscription: { ...centre, status: 'expired', startedDaysAgo: 397, expiresInDays: -32 },
    says: [asks(4, '20:00', 'còn dữ liệu của mình không em'), asks(2, '10:15', 'để mình xem đã', 'giảm 20%')],
  }),
  customer('messenger', 'Ngô Thị Diễm', 'chị', 'hai tháng im lặng: mẫu tin, rồi người gọi; hôm qua đã giải quyết', {
    metDaysAgo: 90,
    subscription: { ...centre, ...year(89) },
    usage: [{ daysAgo: 80, at: '10:00', values: teachesAll }],
  }),
  customer('zalo', 'Vũ Anh Tuấn', 'anh', 'đang chờ nhân viên', {
    metDaysAgo: 45,
    subscription: { ...spa, ...year(45) },
    says: [asks(35, '10:30', '4')],
  }),
  customer('messenger', 'Dương Thị Nga', 'chị', 'đang nói chuyện với nhân viên', {
    metDaysAgo: 35,
    subscription: { ...centre, ...year(35) },
    says: [asks(25, '10:30', '5')],
  }),
  customer('zalo', 'Hồ Văn Phúc', 'anh', 'nhân viên hẹn lại ngày mai', {
    metDaysAgo: 25,
    subscription: { ...spa, ...year(25) },
  }),
  customer('messenger', 'Lý Thị Mỹ', 'chị', 'đã giải quyết xong, chấm hài lòng', {
    metDaysAgo: 8,
    subscription: { ...centre, ...year(8) },
  }),
  customer('zalo', 'Nguyễn Văn Tài', 'anh', 'nhắn trên cả Zalo và Messenger, đã gộp làm một', {
    metDaysAgo: 50,
    subscription: { ...spa, ...year(50) },
    says: [asks(40, '10:30', '4'), asks(21, '09:30', 'hướng dẫn tạo voucher')],
  }),
  customer('messenger', 'Tài Nguyễn', 'anh', 'chính là khách ngay trên, trước khi gộp', {
    metDaysAgo: 22,
    says: [asks(21, '14:00', 'hướng dẫn in hoá đơn')],
  }),
  customer('zalo', 'Trịnh Thị Hoa', 'chị', 'mua lẻ lần thứ ba, được phiếu quà; có điểm và bảo hành', {
    metDaysAgo: 65,
    agrees: true,
    tags: ['mua-hang'],
    attributes: { diem: 320 },
    orders: [
      { id: 'DH-0019-1', daysAgo: 64, amount: 890_000, items: [{ name: 'Máy xông mặt' }] },
      { id: 'DH-0019-2', daysAgo: 30, amount: 450_000, items: [{ name: 'Tinh dầu' }] },
      { id: 'DH-0019-3', daysAgo: 3, amount: 620_000, items: [{ name: 'Đèn LED' }] },
    ],
    says: [asks(3, '19:00', 'mình có bao nhiêu điểm'), asks(2, '10:30', 'nhận quà', 'phiếu quà')],
  }),
  customer('zalo', 'Mai Đức Anh', 'anh', 'đang bực, chờ lâu quá hạn', {
    metDaysAgo: 33,
    subscription: { ...centre, ...year(33) },
  }),
  customer('messenger', 'Cao Thị Bích', 'chị', 'một tin không rõ đã tới chưa, chờ người xem', {
    metDaysAgo: 12,
    subscription: { ...spa, ...year(12) },
  }),
  customer('zalo', 'Tạ Thị Vân', 'chị', 'vừa bấm quan tâm, đang đọc lời chào', { metDaysAgo: 0 }),
];

/** Everybody but this one is there when the story ends; with this one it has been told. */
export const lastCustomer = seedCustomers.at(-1)?.externalId ?? '';
