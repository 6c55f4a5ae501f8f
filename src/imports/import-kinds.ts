// What can be imported, column by column: our field, how people call it in Vietnamese and English, and what it holds.
import { z } from 'zod';

export const importKind = z.enum(['customers', 'subscriptions', 'usage', 'orders']);
export type ImportKind = z.infer<typeof importKind>;

export type FieldKind = 'id' | 'text' | 'phone' | 'email' | 'tags' | 'date' | 'money' | 'number' | 'yes_no' | 'choice';

export type ImportField = {
  name: string;
  /** As it is best written in the heading. */
  title: string;
  kind: FieldKind;
  isNeeded?: true;
  also: readonly string[];
  maxLength?: number;
  /** What may stand in the cell, without dấu → our word. */
  choices?: Readonly<Record<string, string>>;
};

const customer: ImportField = {
  name: 'customer',
  title: 'Mã khách hàng',
  kind: 'id',
  isNeeded: true,
  also: ['Mã KH', 'Khách hàng', 'Khách', 'ID khách hàng', 'customer', 'customer id', 'customer code'],
};

const statuses = {
  'dang dung': 'active',
  'dang hoat dong': 'active',
  'hoat dong': 'active',
  'con han': 'active',
  active: 'active',
  'dung thu': 'trial',
  trial: 'trial',
  huy: 'cancelled',
  'da huy': 'cancelled',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  'hoan tien': 'refunded',
  'da hoan tien': 'refunded',
  refunded: 'refunded',
  'het han': 'expired',
  expired: 'expired',
  'tam dung': 'paused',
  'bao luu': 'paused',
  paused: 'paused',
} as const;

const orderKinds = {
  'don hang': 'order',
  'mua hang': 'order',
  mua: 'order',
  ban: 'order',
  order: 'order',
  'hoan tien': 'refund',
  'tra hang': 'refund',
  refund: 'refund',
} as const;

/** The first needed field of each kind that is unique is its key. */
export const importFields: Readonly<Record<ImportKind, readonly ImportField[]>> = {
  customers: [
    {
      name: 'externalId',
      title: 'Mã khách hàng',
      kind: 'id',
      isNeeded: true,
      also: ['Mã KH', 'Mã', 'ID', 'ID khách hàng', 'customer id', 'external id', 'customer code', 'customer'],
    },
    {
      name: 'name',
      title: 'Tên',
      kind: 'text',
      maxLength: 200,
      also: ['Họ tên', 'Họ và tên', 'Tên khách hàng', 'Khách hàng', 'name', 'full name', 'customer name'],
    },
    {
      name: 'formOfAddress',
      title: 'Xưng hô',
      kind: 'text',
      maxLength: 20,
      also: ['Danh xưng', 'Cách gọi', 'salutation', 'form of address'],
    },
    {
      name: 'phone',
      title: 'Số điện thoại',
      kind: 'phone',
      also: ['SĐT', 'SDT', 'Điện thoại', 'Di động', 'Số ĐT', 'phone', 'phone number', 'mobile', 'tel'],
    },
    { name: 'email', title: 'Email', kind: 'email', also: ['E-mail', 'Thư điện tử', 'mail'] },
    {
      name: 'industry',
      title: 'Ngành',
      kind: 'text',
      maxLength: 100,
      also: ['Ngành nghề', 'Ngành hàng', 'Lĩnh vực', 'industry'],
    },
    {
      name: 'role',
      title: 'Chức vụ',
      kind: 'text',
      maxLength: 100,
      also: ['Vai trò', 'role', 'position', 'job title'],
    },
    { name: 'tags', title: 'Nhãn', kind: 'tags', also: ['Thẻ', 'Tag', 'tags', 'labels'] },
    {
      name: 'language',
      title: 'Ngôn ngữ',
      kind: 'choice',
      also: ['language'],
      choices: { vi: 'vi', vietnamese: 'vi', 'tieng viet': 'vi', en: 'en', english: 'en', 'tieng anh': 'en' },
    },
    { name: 'zalo', title: 'Zalo ID', kind: 'id', also: ['ID Zalo', 'Zalo', 'zalo user id'] },
    { name: 'messenger', title: 'Messenger ID', kind: 'id', also: ['PSID', 'ID Messenger', 'Messenger'] },
    {
      name: 'consent',
      title: 'Đồng ý nhận quảng cáo',
      kind: 'yes_no',
      also: ['Đồng ý quảng cáo', 'Đồng ý nhận tin', 'Đồng ý', 'consent', 'advertising consent'],
    },
    {
      name: 'consentSource',
      title: 'Nguồn đồng ý',
      kind: 'text',
      maxLength: 100,
      also: ['Nguồn chấp thuận', 'Bằng chứng đồng ý', 'consent source'],
    },
    { name: 'consentAt', title: 'Ngày đồng ý', kind: 'date', also: ['Thời điểm đồng ý', 'consent date', 'consent at'] },
    {
      name: 'consentWording',
      title: 'Nội dung đồng ý',
      kind: 'text',
      maxLength: 2000,
      also: ['Lời đồng ý', 'consent wording'],
    },
  ],
  subscriptions: [
    {
      name: 'externalId',
      title: 'Mã hợp đồng',
      kind: 'id',
      isNeeded: true,
      also: [
        'Mã gói',
        'Mã HĐ',
        'Mã thuê bao',
        'Mã đăng ký',
        'Mã',
        'ID',
        'subscription',
        'subscription id',
        'contract id',
      ],
    },
    customer,
    { name: 'product', title: 'Sản phẩm', kind: 'text', maxLength: 100, also: ['Dịch vụ', 'product'] },
    { name: 'plan', title: 'Gói', kind: 'text', maxLength: 100, also: ['Gói dịch vụ', 'Tên gói', 'plan', 'package'] },
    {
      name: 'value',
      title: 'Giá trị',
      kind: 'money',
      also: ['Giá trị hợp đồng', 'Giá', 'Thành tiền', 'Số tiền', 'value', 'price', 'amount'],
    },
    {
      name: 'startedAt',
      title: 'Ngày bắt đầu',
      kind: 'date',
      also: ['Ngày kích hoạt', 'Ngày đăng ký', 'Bắt đầu', 'started at', 'start date', 'start'],
    },
    {
      name: 'expiresAt',
      title: 'Ngày hết hạn',
      kind: 'date',
      also: ['Hết hạn', 'Hạn dùng', 'Ngày kết thúc', 'Kết thúc', 'expires at', 'expiry date', 'end date', 'expiry'],
    },
    { name: 'status', title: 'Trạng thái', kind: 'choice', also: ['Tình trạng', 'status'], choices: statuses },
    {
      name: 'owner',
      title: 'Người phụ trách',
      kind: 'text',
      maxLength: 100,
      also: ['Nhân viên', 'Nhân viên phụ trách', 'Phụ trách', 'owner'],
    },
  ],
  usage: [
    customer,
    {
      name: 'metric',
      title: 'Chỉ số',
      kind: 'text',
      isNeeded: true,
      maxLength: 100,
      also: ['Tên chỉ số', 'metric', 'counter'],
    },
    {
      name: 'value',
      title: 'Giá trị',
      kind: 'number',
      isNeeded: true,
      also: ['Số lượng', 'Lượng dùng', 'value', 'quantity', 'count'],
    },
    {
      name: 'at',
      title: 'Thời điểm',
      kind: 'date',
      isNeeded: true,
      also: ['Ngày', 'Thời gian', 'Ngày ghi nhận', 'at', 'date', 'time'],
    },
    {
      name: 'idempotencyKey',
      title: 'Mã ghi nhận',
      kind: 'id',
      also: ['Khóa', 'Mã dòng', 'key', 'idempotency key', 'event id'],
    },
  ],
  orders: [
    {
      name: 'id',
      title: 'Mã đơn hàng',
      kind: 'id',
      isNeeded: true,
      also: ['Mã đơn', 'Số đơn hàng', 'Mã hóa đơn', 'Mã', 'ID', 'order', 'order id', 'invoice'],
    },
    customer,
    {
      name: 'amount',
      title: 'Số tiền',
      kind: 'money',
      isNeeded: true,
      also: ['Giá trị', 'Tổng tiền', 'Thành tiền', 'Doanh thu', 'amount', 'total', 'value'],
    },
    {
      name: 'at',
      title: 'Ngày đặt',
      kind: 'date',
      also: ['Ngày mua', 'Thời điểm', 'Ngày', 'Ngày đơn hàng', 'Ngày bán', 'at', 'date', 'order date'],
    },
    { name: 'kind', title: 'Loại', kind: 'choice', also: ['Loại đơn', 'kind', 'type'], choices: orderKinds },
    {
      name: 'subscription',
      title: 'Mã hợp đồng',
      kind: 'id',
      also: ['Mã gói', 'Mã thuê bao', 'Mã HĐ', 'subscription', 'subscription id'],
    },
    {
      name: 'refundOf',
      title: 'Đơn gốc',
      kind: 'id',
      also: ['Mã đơn gốc', 'Hoàn cho đơn', 'refund of', 'original order'],
    },
    {
      name: 'offerCode',
      title: 'Mã ưu đãi',
      kind: 'text',
      maxLength: 100,
      also: ['Mã giảm giá', 'Mã khuyến mãi', 'Voucher', 'offer code', 'coupon', 'code'],
    },
  ],
};
