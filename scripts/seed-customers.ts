// The people of db:seed. All invented: no such person, shop or number exists.

export type SeedCustomer = {
  externalId: string;
  name: string;
  formOfAddress: 'anh' | 'chị';
  phone: string;
  industry: string;
  channel: 'zalo' | 'messenger';
  peerId: string;
  story: string;
  consents: { purpose: string; granted: boolean; source: string; wording?: string }[];
  subscription: {
    product: string;
    plan: string;
    value: number;
    status: 'active' | 'trial' | 'cancelled' | 'expired';
    startedInDays: number;
    expiresInDays: number;
  };
  usage: { metric: string; value: number }[];
  order?: { amount: number; inDays: number };
};

const agreed = [
  {
    purpose: 'advertising',
    granted: true,
    source: 'hop-dong',
    wording: 'Tôi đồng ý nhận tin ưu đãi qua Zalo và Messenger.',
  },
];

export const seedCustomers: readonly SeedCustomer[] = [
  {
    externalId: 'KH-0001',
    name: 'Nguyễn Thu Hà',
    formOfAddress: 'chị',
    phone: '0900000001',
    industry: 'spa',
    channel: 'zalo',
    peerId: '900000000000000001',
    story: 'chủ spa, mới mua hôm qua, chưa biết bắt đầu từ đâu',
    consents: [],
    subscription: {
      product: 'spa',
      plan: 'Cơ bản',
      value: 3_588_000,
      status: 'active',
      startedInDays: -1,
      expiresInDays: 364,
    },
    usage: [],
    order: { amount: 3_588_000, inDays: -1 },
  },
  {
    externalId: 'KH-0002',
    name: 'Trần Minh Khôi',
    formOfAddress: 'anh',
    phone: '0900000002',
    industry: 'trung_tam',
    channel: 'messenger',
    peerId: '90000000000000002',
    story: 'trung tâm ngoại ngữ, đang dùng thử tuần đầu',
    consents: agreed,
    subscription: {
      product: 'trung-tam',
      plan: 'Dùng thử',
      value: 0,
      status: 'trial',
      startedInDays: -5,
      expiresInDays: 9,
    },
    usage: [{ metric: 'students', value: 42 }],
  },
  {
    externalId: 'KH-0003',
    name: 'Lê Ngọc Mai',
    formOfAddress: 'chị',
    phone: '0900000003',
    industry: 'spa',
    channel: 'zalo',
    peerId: '900000000000000003',
    story: 'khách hai năm, 8 ngày nữa hết hạn: vặn đồng hồ +1 ngày để thấy lời mời gia hạn',
    consents: agreed,
    subscription: {
      product: 'spa',
      plan: 'Nâng cao',
      value: 7_188_000,
      status: 'active',
      startedInDays: -357,
      expiresInDays: 8,
    },
    usage: [{ metric: 'appointments_per_month', value: 310 }],
    order: { amount: 7_188_000, inDays: -357 },
  },
  {
    externalId: 'KH-0004',
    name: 'Phạm Quốc Bảo',
    formOfAddress: 'anh',
    phone: '0900000004',
    industry: 'spa',
    channel: 'zalo',
    peerId: '900000000000000004',
    story: 'chuỗi ba chi nhánh, dùng gần hết hạn mức, khách để bán thêm',
    consents: agreed,
    subscription: {
      product: 'spa',
      plan: 'Cơ bản',
      value: 3_588_000,
      status: 'active',
      startedInDays: -120,
      expiresInDays: 245,
    },
    usage: [
      { metric: 'appointments_per_month', value: 980 },
      { metric: 'branches', value: 3 },
    ],
    order: { amount: 3_588_000, inDays: -120 },
  },
  {
    externalId: 'KH-0005',
    name: 'Võ Thị Kim Ngân',
    formOfAddress: 'chị',
    phone: '0900000005',
    industry: 'trung_tam',
    channel: 'messenger',
    peerId: '90000000000000005',
    story: 'đã xin không nhận tin chủ động: chỉ được trả lời khi chị hỏi',
    consents: [{ purpose: 'all', granted: false, source: 'dien-thoai' }],
    subscription: {
      product: 'trung-tam',
      plan: 'Cơ bản',
      value: 2_388_000,
      status: 'active',
      startedInDays: -60,
      expiresInDays: 305,
    },
    usage: [{ metric: 'students', value: 15 }],
  },
  {
    externalId: 'KH-0006',
    name: 'Đặng Hoàng Long',
    formOfAddress: 'anh',
    phone: '0900000006',
    industry: 'trung_tam',
    channel: 'zalo',
    peerId: '900000000000000006',
    story: 'đã nghỉ từ tháng trước',
    consents: [],
    subscription: {
      product: 'trung-tam',
      plan: 'Cơ bản',
      value: 2_388_000,
      status: 'expired',
      startedInDays: -400,
      expiresInDays: -35,
    },
    usage: [],
    order: { amount: 2_388_000, inDays: -400 },
  },
];
