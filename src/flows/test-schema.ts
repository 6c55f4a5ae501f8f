// A test file as data: what the customer does, what the bot must say and do, in virtual time. Written by marketers.
import { z } from 'zod';
import { durationSchema } from './duration.ts';

const textOrList = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const partialText = z.union([z.string(), z.null()]).optional();

const partialNumber = z.number().nullable().optional();
const partOf = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).nullable().optional();

/** What care over weeks adds to the facts. */
const careFactsSchemas = {
  order: partOf({
    id: z.string().optional(),
    kind: z.string().optional(),
    amount: partialNumber,
    at: partialText,
    items: z.array(z.string()).optional(),
    offer_code: partialText,
  }),
  case: partOf({
    id: z.string().optional(),
    kind: z.string().optional(),
    reason: partialText,
    outcome: partialText,
    opened_at: partialText,
    closed_at: partialText,
  }),
  feature: partOf({
    id: z.string().optional(),
    title: z.string().optional(),
    guide: partialText,
    metric: z.string().optional(),
    benefit: partialText,
  }),
  features: z.strictObject({ total: z.number(), used: z.number(), unused: z.number() }).optional(),
  companion: partOf({ product: z.string().optional(), title: z.string().optional(), benefit: partialText }),
  product: partOf({ title: z.string() }),
  plan: partOf({
    title: z.string().optional(),
    rank: z.number().optional(),
    next_title: partialText,
    next_price: partialNumber,
  }),
  offer: partOf({
    code: z.string().optional(),
    personal_code: partialText,
    benefit: partialText,
    price: partialNumber,
    gift: partialText,
    deadline: partialText,
  }),
  survey: z.strictObject({ csat: partialNumber, nps: partialNumber, ces: partialNumber }).optional(),
  tip: partOf({
    id: z.string().optional(),
    title: z.string().optional(),
    text: z.string().optional(),
    link: partialText,
  }),
} as const;

/** Facts as far as a test cares; the rest is an ordinary customer. */
export const testFactsSchema = z.strictObject({
  customer: z
    .strictObject({
      name: partialText,
      given_name: partialText,
      form_of_address: partialText,
      phone: partialText,
      industry: partialText,
      role: partialText,
      tags: z.array(z.string()).optional(),
      language: z.string().optional(),
      attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
      orders: z.number().optional(),
      spent: z.number().optional(),
    })
    .optional(),
  subscription: z
    .strictObject({
      product: z.string().optional(),
      plan: partialText,
      status: z.string().optional(),
      value: z.number().nullable().optional(),
      started_at: partialText,
      expires_at: partialText,
      days_left: z.number().nullable().optional(),
    })
    .nullable()
    .optional(),
  training: z
    .strictObject({ starts_at: z.string(), topic: z.string().optional(), meeting_url: partialText })
    .nullable()
    .optional()
    .describe('Buổi đào tạo đã đặt, ví dụ { starts_at: "2026-11-26T09:00:00+07:00" }'),
  usage: z.record(z.string(), z.number()).optional(),
  business: z.strictObject({ name: z.string().optional(), hotline: partialText, website: partialText }).optional(),
  ...careFactsSchemas,
});
export type TestFacts = z.infer<typeof testFactsSchema>;

export const expectSchema = z
  .strictObject({
    survey: z
      .strictObject({
        metric: z.enum(['csat', 'nps', 'ces']).optional(),
        status: z.enum(['asked', 'answered', 'expired']).optional(),
        score: z.number().optional(),
        comment: z.string().optional(),
      })
      .optional(),
    offer: z
      .strictObject({
        code: z.string().optional(),
        state: z.enum(['sent', 'accepted', 'declined', 'later', 'ignored', 'expired']).optional(),
        reason: z.string().optional(),
      })
      .optional(),
    case: z.string().optional().describe('Có mở một việc, lý do chứa chữ này'),
    handover: z
      .union([z.boolean(), z.string()])
      .optional()
      .describe('Đã chuyển nhân viên chưa, hoặc lý do chứa chữ này'),
    opt_out: z.boolean().optional(),
    opt_in: z.boolean().optional(),
    task: z.string().optional().describe('Có giao một việc cho nhân viên, tên việc chứa chữ này'),
    booking: z
      .union([z.literal('cancelled'), z.string()])
      .optional()
      .describe('Giờ đã đặt, ví dụ "2026-11-25T09:00"; cancelled = buổi đào tạo vừa được bỏ'),
    guide: z.string().optional().describe('Mã chủ đề vừa gửi'),
    flow: z.string().optional().describe('Kịch bản đang chạy'),
    step: z.string().optional().describe('Bước đang chờ'),
    ended: z.boolean().optional().describe('Không còn kịch bản nào chạy'),
    variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    remembered: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .describe('Điều phải xảy ra sau hành động gần nhất');
export type Expectation = z.infer<typeof expectSchema>;

const startFields = { flow: z.string().optional(), at: z.string().optional() };

/** Each line of a test is one of these. */
export const testLineSchemas = {
  customer: z.strictObject({ customer: z.string().min(1).describe('Khách nhắn (hoặc bấm nút có chữ này)') }),
  customer_sends: z.strictObject({
    customer_sends: z.enum(['image', 'sticker', 'file', 'audio', 'video', 'location']),
  }),
  event: z.strictObject({
    event: z.enum(['follow', 'first_contact']).describe('Khách quan tâm OA, hoặc mở khung chat lần đầu'),
  }),
  start: z.strictObject({
    start: z
      .strictObject({ ...startFields, by: z.enum(['journey', 'manual']).default('manual') })
      .describe('Bắt đầu kịch bản'),
  }),
  after: z.strictObject({ after: durationSchema.describe('Thời gian trôi qua') }),
  hand_back: z.strictObject({ hand_back: z.literal(true).describe('Nhân viên trả hội thoại lại cho bot') }),
  bot: z.strictObject({
    bot: textOrList.describe('Bot nói, chứa (các) chữ này'),
    choices: z.array(z.string()).optional().describe('Đúng các nút này'),
    links: z.array(z.string()).optional().describe('Đúng các nút mở trang này'),
  }),
  bot_never_says: z.strictObject({
    bot_never_says: textOrList.describe('Từ hành động gần nhất bot không nói chữ này'),
  }),
  bot_messages: z.strictObject({
    bot_messages: z.number().int().min(0).describe('Số tin bot gửi từ hành động gần nhất'),
  }),
  expect: z.strictObject({ expect: expectSchema }),
} as const;

export const testLineSchema = z.union([
  testLineSchemas.customer,
  testLineSchemas.customer_sends,
  testLineSchemas.event,
  testLineSchemas.start,
  testLineSchemas.after,
  testLineSchemas.hand_back,
  testLineSchemas.bot,
  testLineSchemas.bot_never_says,
  testLineSchemas.bot_messages,
  testLineSchemas.expect,
]);
export type TestLine = z.infer<typeof testLineSchema>;

const testCaseSchema = z.strictObject({
  name: z.string().min(1).max(200),
  channel: z.enum(['zalo', 'messenger', 'both']).default('both').describe('Kênh để thử; bỏ trống = cả hai'),
  now: z.iso.datetime({ offset: true }).default('2026-11-24T09:00:00+07:00').describe('Giờ bắt đầu'),
  facts: testFactsSchema.default({}),
  steps: z.array(testLineSchema).min(1).max(200),
});
export type TestCase = z.infer<typeof testCaseSchema>;

export const testFileSchema = z.strictObject({
  flow: z.string().describe('Kịch bản được thử'),
  facts: testFactsSchema.default({}).describe('Dữ liệu chung cho mọi bài thử trong file'),
  tests: z.array(testCaseSchema).min(1).max(200),
});
export type TestFile = z.infer<typeof testFileSchema>;
