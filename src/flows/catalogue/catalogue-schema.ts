// The files of flows/catalogue as data: what the business sells and may say. Also published as JSON Schema for editors.
import { z } from 'zod';
import { durationSchema } from '../duration.ts';
import { conditionSchema, textSchema } from '../steps/step-kind.ts';

const idSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,59}$/, 'Mã gồm chữ thường không dấu, số, "-" và "_".')
  .describe('Mã, duy nhất trong file: chữ thường không dấu, số, "-", "_"');
const metricSchema = z
  .string()
  .regex(/^[\p{L}\p{N}_-]{1,60}$/u, 'Tên chỉ số gồm chữ, số, "_" và "-".')
  .describe('Chỉ số sử dụng mà hệ thống của bạn báo về');
const moneySchema = z.int().min(0).describe('Số tiền, đồng');
const titleSchema = textSchema.max(160);
const daySchema = z.iso.date('Ngày viết dạng 2026-02-14.').describe('Ngày, dạng 2026-02-14');

export const offerKinds = ['upsell', 'cross_sell', 'renewal', 'referral', 'voucher', 'win_back'] as const;

const offerSchema = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z0-9][A-Z0-9_-]{1,39}$/, 'Mã ưu đãi gồm chữ hoa, số, "-" và "_".')
    .describe('Mã ưu đãi, ví dụ GIAHAN-TANG2THANG'),
  title: titleSchema,
  note: z.string().optional(),
  kind: z.enum(offerKinds).describe('upsell = lên gói, cross_sell = bán kèm, win_back = mời quay lại'),
  eligible: conditionSchema.optional().describe('Ai được nhận; bỏ trống = ai cũng được'),
  benefit: textSchema.describe('Lợi ích của khách, luôn nói trước giá'),
  price: moneySchema.optional(),
  gift: textSchema.optional(),
  deadline: z
    .union([
      z.strictObject({ days: z.int().min(1).max(365) }),
      z.string().regex(/^[a-z]+(\.[\p{L}\p{N}_-]+){1,2}$/u, 'Viết { days: 14 } hoặc tên một ngày.'),
    ])
    .optional()
    .describe('Hạn: { days: 14 } kể từ lúc gửi, hoặc một ngày như subscription.expires_at'),
  once: z
    .enum(['customer', 'subscription', 'never'])
    .default('customer')
    .describe('Mỗi khách, mỗi gói một lần; never = không hạn chế'),
  personal_code: z.boolean().default(false).describe('true = mỗi khách một mã riêng'),
  hold_out: z
    .int()
    .min(0)
    .max(50)
    .default(10)
    .describe('Bao nhiêu phần trăm không gửi, để đo ưu đãi có tác dụng không'),
  window: durationSchema.default('14 days').describe('Mua trong khoảng này sau khi nhận thì tính là nhờ ưu đãi'),
});
export type OfferFields = z.infer<typeof offerSchema>;

const planSchema = z.strictObject({
  id: idSchema,
  title: titleSchema,
  also: z.array(z.string().min(1)).default([]).describe('Các tên khác của gói trong dữ liệu báo về'),
  price: moneySchema.optional(),
  rank: z.int().min(0).describe('Thứ tự từ nhỏ đến lớn'),
});
const featureSchema = z.strictObject({
  id: idSchema,
  title: titleSchema,
  metric: metricSchema,
  guide: z.string().optional().describe('Tên file trong guides/, không có .md'),
  benefit: textSchema.optional(),
});
const productSchema = z.strictObject({
  id: idSchema,
  title: titleSchema,
  plans: z.array(planSchema).default([]),
  features: z.array(featureSchema).default([]).describe('Những tính năng chính nên dùng sớm, quan trọng nhất đứng đầu'),
});
const industrySchema = z.strictObject({
  companions: z
    .array(z.strictObject({ product: idSchema, title: titleSchema, benefit: textSchema.optional() }))
    .default([]),
});

const parameterSchema = z.strictObject({
  max: z.int().min(1).max(1_000).describe('Dài tối đa bao nhiêu ký tự'),
  required: z.boolean().default(true),
  sample: z.string().min(1).describe('Nội dung mẫu, đúng như đã gửi duyệt'),
});
const templateSchema = z.strictObject({
  id: idSchema,
  note: z.string().optional(),
  channel: z.enum(['zalo', 'messenger']),
  via: z
    .enum(['zbs', 'zns', 'utility'])
    .describe('zbs = theo người dùng Zalo, zns = theo số điện thoại, utility = Messenger'),
  provider_id: z.string().min(1).describe('Mã mẫu ở Zalo, tên mẫu ở Messenger'),
  approval: z.enum(['approved', 'pending', 'rejected', 'disabled']).default('pending'),
  // The outbox keeps it in 32 bits: one slip of zeros would hold up the whole channel.
  price: moneySchema.max(1_000_000).default(0),
  parameters: z
    .record(
      z.string().regex(/^\w{1,60}$/, 'Tên chỗ điền gồm chữ không dấu, số và "_", như trong mẫu đã duyệt.'),
      parameterSchema,
    )
    .default({}),
  language: z.string().min(2).max(10).default('vi'),
  text: textSchema.describe('Lời đúng như đã duyệt, chỗ điền là {{ten}} hoặc <ten>'),
});
export type TemplateFields = z.infer<typeof templateSchema>;

const tipSchema = z.strictObject({
  id: idSchema,
  title: titleSchema,
  text: textSchema,
  for: conditionSchema.optional().describe('Dành cho ai; bỏ trống = mọi người'),
  link: z.url('Đường dẫn phải đầy đủ, bắt đầu bằng https://').optional(),
});

/** One schema per file; every file is optional. */
export const catalogueSchemas = {
  offers: z.strictObject({ offers: z.array(offerSchema).max(500) }),
  products: z.strictObject({
    products: z.array(productSchema).max(200),
    industries: z.record(z.string().min(1).max(60), industrySchema).default({}),
  }),
  templates: z.strictObject({ templates: z.array(templateSchema).max(500) }),
  tips: z.strictObject({ tips: z.array(tipSchema).max(1_000) }),
  holidays: z.strictObject({
    days: z.array(z.strictObject({ from: daySchema, to: daySchema, name: titleSchema })).max(500),
  }),
} as const;

export type CatalogueData = {
  [Name in keyof typeof catalogueSchemas]: z.infer<(typeof catalogueSchemas)[Name]>;
};
