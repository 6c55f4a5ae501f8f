// A flow file as data: what marketers may write, in one place. Also published as JSON Schema for their editors.
import { z } from 'zod';
import { durationSchema } from './duration.ts';
import { wishes } from './read-wish.ts';
import { ifClosedSchema, purposeSchema } from './steps/closed-window.ts';
import { conditionSchema, flowIdSchema, stepIdSchema, textSchema, variableNameSchema } from './steps/step-kind.ts';

const phrasesSchema = z.array(z.string().trim().min(1).max(80)).min(1).max(200);
const entryFields = {
  go: stepIdSchema.optional().describe('Bắt đầu ở bước này; bỏ trống = bước đầu tiên'),
  if: conditionSchema.optional().describe('Chỉ bắt đầu khi điều kiện này đúng'),
};

export const entrySchema = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal('follow').describe('Khách bấm quan tâm OA'), ...entryFields }),
  z.strictObject({ on: z.literal('first_contact').describe('Khách nhắn hoặc mở khung chat lần đầu'), ...entryFields }),
  z.strictObject({
    on: z.literal('says').describe('Khách nói một trong các câu này'),
    whole: phrasesSchema.optional().describe('Cả tin nhắn chỉ là câu này (lời lễ phép kèm theo thì được)'),
    contains: phrasesSchema.optional().describe('Câu này nằm trong tin nhắn'),
    means: z
      .enum(wishes)
      .optional()
      .describe('Cả tin nhắn muốn ngừng tin, chỉ ngừng quảng cáo, hoặc nhận lại tin, nói cách nào cũng được'),
    anywhere: z.boolean().default(false).describe('true = có hiệu lực ở mọi bước của mọi kịch bản'),
    save_as: variableNameSchema.optional().describe('Biến giữ nguyên văn tin nhắn'),
    ...entryFields,
  }),
  z.strictObject({
    on: z.literal('question').describe('Khách hỏi một điều có trong hướng dẫn mà không kịch bản nào khác nhận'),
    save_as: variableNameSchema.describe('Biến giữ câu hỏi'),
    ...entryFields,
  }),
  z.strictObject({
    on: z.literal('manual').describe('Hành trình đến bước này, nhân viên bấm bắt đầu, hoặc kịch bản khác chuyển đến'),
    ...entryFields,
  }),
]);
export type EntryRule = z.infer<typeof entrySchema>;

const variableSchema = z.union([
  z.enum(['text', 'number', 'yes_no']),
  z.strictObject({
    type: z.enum(['text', 'number', 'yes_no']),
    default: z.union([z.string(), z.number(), z.boolean()]).optional(),
    keep: z.boolean().default(false).describe('true = nhớ cùng khách hàng, các lần sau còn dùng'),
    note: z.string().optional(),
  }),
]);

const settingsSchema = z.strictObject({
  purpose: purposeSchema.optional(),
  again_after: durationSchema.optional().describe('Không bắt đầu lại với cùng một khách trước khoảng này'),
  if_closed: ifClosedSchema.optional(),
});

export const limits = { maxBytes: 256 * 1024, maxSteps: 500, maxLines: 6_000, maxKeys: 12_000 } as const;

/** Everything but the steps, which are read one by one so that each tells its own mistakes. */
export const flowHeadSchema = z.strictObject({
  id: flowIdSchema,
  title: textSchema.max(120).describe('Tên gọi cho người đọc'),
  note: z.string().optional().describe('Ghi chú cho người soạn'),
  entry: z.array(entrySchema).min(1).max(30).describe('Khi nào kịch bản bắt đầu'),
  settings: settingsSchema.default({}),
  variables: z.record(variableNameSchema, variableSchema).default({}).describe('Các biến mà kịch bản ghi nhớ'),
  steps: z.array(z.unknown()).min(1).max(limits.maxSteps).describe('Các bước, đọc từ trên xuống'),
});
export type FlowHead = z.infer<typeof flowHeadSchema>;
