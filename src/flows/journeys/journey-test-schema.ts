// A journey's test file as data: what happens to a customer over months, and what care must and must not do. Written by
// marketers, played in virtual time.
import { z } from 'zod';
import { clockTimeSchema, durationSchema } from '../duration.ts';
import { expectSchema, testFactsSchema, testLineSchemas } from '../test-schema.ts';
import { offerCodeSchema } from './journey-schema.ts';

const textOrList = z.union([z.string().min(1), z.array(z.string().min(1)).max(50)]);
const notSentSchema = z.strictObject({
  step: z.string().optional().describe('Bước nào; bước của hành trình khác viết "tên-hành-trình/tên_bước"'),
  because: z.string().min(1).describe('Lý do trong sổ chứa chữ này'),
});
const oneOrMore = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.array(schema).min(1).max(20)]);

const careExpectSchema = z
  .strictObject({
    started: textOrList
      .optional()
      .describe(
        'Kịch bản của bước này đã bắt đầu; viết danh sách = đúng những bước này, theo thứ tự ([] = không bước nào)',
      ),
    task: oneOrMore(z.string()).optional().describe('Có việc cho nhân viên, chứa chữ này'),
    not_sent: oneOrMore(notSentSchema).optional().describe('Bước bị bỏ qua, vì lý do này'),
    put_off: oneOrMore(notSentSchema).optional().describe('Bước bị dời lại, vì lý do này'),
    fallback: z.enum(['template', 'email', 'task']).optional().describe('Kênh đã đóng, tin đi đường này'),
    entered: z.boolean().optional().describe('Khách vừa vào hành trình'),
    ended: z
      .union([z.boolean(), z.enum(['finished', 'goal', 'left', 'cancelled'])])
      .optional()
      .describe('Hành trình vừa kết thúc, và vì sao'),
    waiting: z.array(z.string()).optional().describe('Đúng những bước này đang chờ đến hạn'),
    offer: expectSchema.shape.offer,
    chat: expectSchema.optional().describe('Điều phải thấy trong cuộc trò chuyện, như bài thử kịch bản'),
  })
  .describe('Điều phải xảy ra từ hành động gần nhất');
export type CareExpectation = z.infer<typeof careExpectSchema>;

const eventName = z.string().regex(/^[a-z][a-z0-9_.-]{1,59}$/, 'Tên sự kiện gồm chữ thường không dấu, số và "_".');

/** Each line of a journey's test is one of these. */
export const careLineSchemas = {
  happens: z
    .strictObject({
      set: testFactsSchema.optional().describe('Dữ liệu của khách đổi thành thế này'),
      usage: z.record(z.string(), z.number()).optional().describe('Khách vừa dùng: chỉ số mới nhất'),
      event: oneOrMore(eventName).optional().describe('Việc vừa xảy ra: subscription_activated, order_recorded …'),
    })
    .refine((line) => Object.values(line).some((value) => value !== undefined), 'Cần set, usage hoặc event.'),
  after: z.strictObject({ after: durationSchema.describe('Thời gian trôi qua') }),
  outage: z.strictObject({ outage: durationSchema.describe('Chương trình ngừng suốt khoảng này, rồi chạy lại') }),
  pause: z.strictObject({ pause: z.boolean().describe('true = tạm dừng hành trình, false = chạy tiếp') }),
  enrol: z.strictObject({ enrol: z.literal(true).describe('Nhân viên cho khách vào hành trình') }),
  hold_out: z.strictObject({
    hold_out: z.array(offerCodeSchema).describe('Khách thuộc nhóm đối chứng của các ưu đãi này'),
  }),
  consent: z.strictObject({ consent: z.boolean().describe('Khách có đồng ý nhận quảng cáo không (ban đầu: có)') }),
  window: z.strictObject({ window: z.enum(['open', 'closed']).describe('Kênh có còn cho nhắn tự do không') }),
  customer: testLineSchemas.customer,
  customer_sends: testLineSchemas.customer_sends,
  follow: z.strictObject({ follow: z.literal(true).describe('Khách quan tâm OA') }),
  hand_back: testLineSchemas.hand_back,
  bot: testLineSchemas.bot,
  bot_never_says: testLineSchemas.bot_never_says,
  bot_messages: testLineSchemas.bot_messages,
  expect: z.strictObject({ expect: careExpectSchema }),
} as const;

export const careLineSchema = z.union([
  careLineSchemas.happens,
  careLineSchemas.after,
  careLineSchemas.outage,
  careLineSchemas.pause,
  careLineSchemas.enrol,
  careLineSchemas.hold_out,
  careLineSchemas.consent,
  careLineSchemas.window,
  careLineSchemas.customer,
  careLineSchemas.customer_sends,
  careLineSchemas.follow,
  careLineSchemas.hand_back,
  careLineSchemas.bot,
  careLineSchemas.bot_never_says,
  careLineSchemas.bot_messages,
  careLineSchemas.expect,
]);
export type CareLine = z.infer<typeof careLineSchema>;

const capsSchema = z.strictObject({
  per_day: z.int().min(0).optional(),
  per_week: z.int().min(0).optional(),
  advertising_per_day: z.int().min(0).optional(),
  gap: durationSchema.optional(),
});

const careCaseSchema = z.strictObject({
  name: z.string().min(1).max(200),
  channel: z.enum(['zalo', 'messenger', 'both']).default('zalo').describe('Kênh của khách; không ghi = zalo'),
  now: z.iso.datetime({ offset: true }).default('2026-11-24T09:00:00+07:00').describe('Giờ bắt đầu'),
  with: z.array(z.string()).default([]).describe('Những hành trình khác cùng chạy, để thử hạn mức và thứ tự'),
  facts: testFactsSchema.default({}),
  caps: capsSchema.default({}).describe('Hạn mức; không ghi = 2 tin một ngày, 5 tin một tuần, cách nhau 4 giờ'),
  quiet: z
    .union([z.literal(false), z.strictObject({ start: clockTimeSchema, end: clockTimeSchema })])
    .default({ start: '21:00', end: '07:30' })
    .describe('Giờ yên tĩnh; false = không có'),
  steps: z.array(careLineSchema).min(1).max(300),
});
export type CareCase = z.infer<typeof careCaseSchema>;

export const careTestFileSchema = z.strictObject({
  journey: z.string().describe('Hành trình được thử'),
  facts: testFactsSchema.default({}).describe('Dữ liệu chung cho mọi bài thử trong file'),
  tests: z.array(careCaseSchema).min(1).max(100),
});
export type CareTestFile = z.infer<typeof careTestFileSchema>;
