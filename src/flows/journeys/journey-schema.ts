// A journey file as data: what marketers may write, in one place. Also published as JSON Schema for their editors.
import { z } from 'zod';
import { clockTimeSchema, durationSchema, offsetSchema } from '../duration.ts';
import { conditionSchema, flowIdSchema, stepIdSchema, textSchema } from '../steps/step-kind.ts';
import { journeyStages } from './journey.ts';

export const offerCodeSchema = z
  .string()
  .regex(/^[A-Z0-9][A-Z0-9_-]{1,39}$/, 'Mã ưu đãi gồm chữ hoa, số, "-" và "_".')
  .describe('Mã ưu đãi trong catalogue/offers.yaml');
const eventNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_.-]{1,59}$/, 'Tên sự kiện gồm chữ thường không dấu, số, "_", "." và "-".')
  .describe('Một việc trong sổ, ví dụ subscription_activated, hoặc tên sự kiện mà hệ thống khác báo về');
const dateFieldSchema = z
  .string()
  .regex(
    /^(subscription|order|case|customer)(\.[\p{L}\p{N}_-]+){1,2}$/u,
    'Viết tên một ngày, ví dụ subscription.expires_at hoặc customer.attributes.sinh_nhat.',
  )
  .describe('Một ngày: subscription.expires_at, order.at, customer.attributes.sinh_nhat …');

export const triggerSchema = z.discriminatedUnion('on', [
  z.strictObject({
    on: z.literal('date').describe('Quanh một ngày; ngày dời thì các bước còn chờ dời theo'),
    of: dateFieldSchema,
    yearly: z.boolean().default(false).describe('true = năm nào cũng đến, như sinh nhật'),
  }),
  z.strictObject({
    on: z.literal('event').describe('Khi có việc xảy ra với khách'),
    event: z.union([eventNameSchema, z.array(eventNameSchema).min(1).max(20)]),
  }),
  z.strictObject({
    on: z.literal('segment').describe('Khi một điều kiện bắt đầu, hoặc thôi không còn, đúng'),
    when: conditionSchema,
    edge: z.enum(['enters', 'leaves']).default('enters'),
  }),
  z.strictObject({
    on: z.literal('no_activity').describe('Khi khách im lặng và không dùng gì suốt khoảng này'),
    after: durationSchema,
  }),
  z.strictObject({ on: z.literal('manual').describe('Nhân viên bấm, hoặc hệ thống khác yêu cầu') }),
]);

export const journeyStepSchema = z.strictObject({
  id: stepIdSchema,
  note: z.string().optional().describe('Ghi chú cho người soạn'),
  offset: offsetSchema.default('0 days').describe('Cách mốc bao lâu; âm = trước mốc, ví dụ "-7 days"'),
  at: clockTimeSchema.optional().describe('Vào giờ này trong ngày'),
  every: durationSchema.optional().describe('Lặp lại cách nhau khoảng này'),
  until: offsetSchema.optional().describe('Lặp đến khi cách mốc khoảng này'),
  if: conditionSchema.optional().describe('Hỏi lúc đến hạn; sai thì bỏ qua bước này, có ghi lý do'),
  late: durationSchema.optional().describe('Riêng bước này được trễ nhiều nhất bao lâu'),
  flow: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}(\/[a-z][a-z0-9_]{0,39})?$/, 'Viết "tên-kịch-bản" hoặc "tên-kịch-bản/tên_bước".')
    .optional()
    .describe('Bắt đầu kịch bản này, có thể từ một bước: "tên-kịch-bản/tên_bước"'),
  offer: offerCodeSchema.optional(),
  task: textSchema.max(200).optional().describe('Việc cho nhân viên, điền tên được: "Gọi {customer.name}"'),
  kind: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Loại việc gồm chữ thường không dấu, số và "_".')
    .optional()
    .describe('Loại việc, để lọc và đếm: welcome_call, renewal_call …'),
  due: durationSchema.optional().describe('Nhân viên phải làm xong trong khoảng này; không ghi là 24 giờ'),
});
export type JourneyStepFields = z.infer<typeof journeyStepSchema>;

/** Everything but the steps, which are read one by one so that each tells its own mistakes. */
export const journeyHeadSchema = z.strictObject({
  id: flowIdSchema,
  title: textSchema.max(120).describe('Tên gọi cho người đọc'),
  note: z.string().optional().describe('Ghi chú cho người soạn'),
  stage: z.enum(journeyStages).describe('Thuộc giai đoạn chăm sóc nào'),
  purpose: z
    .enum(['service', 'care', 'advertising'])
    .default('care')
    .describe(
      'service = về việc khách vừa làm hay mua, không tính vào hạn mức; care = chăm sóc; advertising = quảng cáo',
    ),
  priority: z.int().min(1).max(100).default(50).describe('Cùng lúc có nhiều bước thì số nhỏ nói trước'),
  for: z
    .enum(['subscription', 'order', 'case', 'customer'])
    .default('customer')
    .describe('Mỗi gói, đơn, việc hay khách có một lượt riêng'),
  trigger: triggerSchema,
  audience: conditionSchema.optional().describe('Chỉ dành cho ai; hỏi lúc vào và hỏi lại ở từng bước'),
  goal: conditionSchema.optional().describe('Đạt được thì dừng ngay, ví dụ since.subscription_renewed > 0'),
  again_after: durationSchema.optional().describe('Sau bao lâu mới được vào lại; không ghi = mỗi dịp một lần'),
  busy: z
    .enum(['wait', 'interrupt', 'skip'])
    .default('wait')
    .describe('Khi khách đang ở trong kịch bản khác: chờ, chen ngang, hay bỏ qua'),
  late: durationSchema.default('1 day').describe('Các bước được trễ nhiều nhất bao lâu sau sự cố hay tạm dừng'),
  steps: z.array(z.unknown()).min(1).max(60).describe('Các bước theo thời gian'),
});
export type JourneyHead = z.infer<typeof journeyHeadSchema>;
