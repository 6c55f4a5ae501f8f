// Templates that a new sandbox already has approved, so that messages outside the window can be tried at once: those that
// flows/catalogue/templates.yaml names.
import type { UtilityTemplate, ZnsTemplate } from './sandbox-schema.ts';

type Sample = { id: string; name: string; title: string; text: string; limits: Record<string, number> };

const who = { customer_name: 30 };
const whose = { ...who, product: 200 };
const until = { ...whose, expires_at: 20 };

/** One text for both: Zalo names its parameters, Messenger counts them in the order of `limits`. */
const samples: readonly Sample[] = [
  {
    id: '331001',
    name: 'renewal_reminder',
    title: 'Nhắc gia hạn',
    text: 'Chào {{customer_name}}, gói {{product}} của anh/chị hết hạn ngày {{expires_at}}. Anh/chị gia hạn sớm để không gián đoạn công việc nhé.',
    limits: until,
  },
  {
    id: '331002',
    name: 'training_confirmed',
    title: 'Xác nhận lịch đào tạo',
    text: 'Chào {{customer_name}}, lịch đào tạo của anh/chị là {{time}}. Hẹn gặp anh/chị nhé.',
    limits: { ...who, time: 20 },
  },
  {
    id: '331003',
    name: 'renewal_tomorrow',
    title: 'Ngày mai hết hạn',
    text: 'Chào {{customer_name}}, gói {{product}} của anh/chị hết hạn vào ngày mai, {{expires_at}}. Anh/chị gia hạn hôm nay để ngày mai mở máy vẫn làm việc bình thường nhé.',
    limits: until,
  },
  {
    id: '331004',
    name: 'subscription_ended',
    title: 'Gói đã hết hạn',
    text: 'Chào {{customer_name}}, gói {{product}} của anh/chị đã hết hạn ngày {{expires_at}}. Dữ liệu vẫn được giữ an toàn thêm 30 ngày; khi cần mở lại, anh/chị nhắn vào đây nhé.',
    limits: until,
  },
  {
    id: '331005',
    name: 'subscription_started',
    title: 'Gói đã sẵn sàng',
    text: 'Chào {{customer_name}}, gói {{product}} của anh/chị đã sẵn sàng. Anh/chị nhắn "hướng dẫn" hoặc "đặt lịch đào tạo" vào đây để bắt đầu nhé.',
    limits: whose,
  },
  {
    id: '331006',
    name: 'getting_started',
    title: 'Chưa bắt đầu dùng',
    text: 'Chào {{customer_name}}, gói {{product}} của anh/chị đã sẵn sàng mà bên em chưa thấy anh/chị bắt đầu dùng. Anh/chị nhắn "hướng dẫn" vào đây, bên em chỉ từng bước nhé.',
    limits: whose,
  },
  {
    id: '331007',
    name: 'experience_feedback',
    title: 'Mời đánh giá',
    text: 'Chào {{customer_name}}, anh/chị đã dùng {{product}} được ít hôm. Anh/chị nhắn giúp bên em một số từ 1 (rất tệ) đến 5 (rất hài lòng) nhé.',
    limits: whose,
  },
  {
    id: '331008',
    name: 'feedback_resolved',
    title: 'Hỏi lại sau khi xử lý',
    text: 'Chào {{customer_name}}, điều anh/chị chưa hài lòng hôm trước đã được xử lý xong. Giờ anh/chị thấy thế nào, nhắn giúp bên em một số từ 1 (rất tệ) đến 5 (rất hài lòng) nhé.',
    limits: who,
  },
  {
    id: '331009',
    name: 'warranty_reminder',
    title: 'Sắp hết bảo hành',
    text: 'Chào {{customer_name}}, sản phẩm {{item}} mua ngày {{bought_at}} còn 30 ngày bảo hành. Nếu có điều gì chưa ổn, anh/chị nhắn "bảo hành" vào đây nhé.',
    limits: { ...who, item: 200, bought_at: 20 },
  },
];

const zaloOnly: readonly Omit<Sample, 'name'>[] = [
  {
    id: '331010',
    title: 'Phiếu quà tri ân',
    text: '[QC] Phiếu quà tri ân của {{customer_name}}: mã {{code}}, giảm 100.000 ₫ cho lần mua tới, dùng đến {{deadline}}. Nhắn DỪNG để ngừng nhận tin.',
    limits: { ...who, code: 30, deadline: 20 },
  },
  {
    id: '331011',
    title: 'Gói đã sẵn sàng, theo số điện thoại',
    text: 'Chào {{customer_name}}, gói {{product}} của anh/chị đã sẵn sàng. Anh/chị bấm quan tâm OA và nhắn "hướng dẫn" để bắt đầu nhé.',
    limits: whose,
  },
];

export const sampleZnsTemplates: ZnsTemplate[] = [...samples, ...zaloOnly].map(({ id, title, text, limits }) => ({
  id,
  name: title,
  text,
  byUserId: true,
  status: 'ENABLE',
  params: Object.entries(limits).map(([name, maxLength]) => ({ name, required: true, maxLength })),
}));

export const sampleUtilityTemplates: UtilityTemplate[] = samples.map(({ name, text, limits }) => ({
  name,
  language: 'vi',
  status: 'APPROVED',
  header: null,
  body: Object.keys(limits).reduce((body, key, index) => body.replace(`{{${key}}}`, `{{${index + 1}}}`), text),
  buttons: [],
}));
