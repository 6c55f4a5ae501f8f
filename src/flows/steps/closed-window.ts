// Why a message is said, and the ladder that is taken when the channel's window is closed by then.
import { z } from 'zod';

const templateRungSchema = z.strictObject({
  template: z.string().min(1).max(60).describe('Tên mẫu tin trong catalogue/templates.yaml'),
  with: z
    .record(z.string().regex(/^\w{1,60}$/), z.string().min(1).max(1_000))
    .default({})
    .describe('Nội dung điền vào mẫu, ví dụ { customer_name: "{customer.name}" }'),
});
const emailRungSchema = z.strictObject({
  email: z.strictObject({
    subject: z.string().trim().min(1).max(150).optional().describe('Tiêu đề thư; bỏ trống = câu đầu của lời nói'),
    text: z.string().trim().min(1).max(10_000).optional().describe('Nội dung thư; bỏ trống = chính lời nói đó'),
  }),
});
const rungSchema = z.union([z.enum(['email', 'task']), templateRungSchema, emailRungSchema]);
export type RungField = z.infer<typeof rungSchema>;

const laddersSchema = z
  .array(rungSchema)
  .min(1)
  .max(6)
  .refine(
    (rungs) => rungs.slice(0, -1).every((rung) => rung !== 'task'),
    '"task" phải đứng cuối: giao việc luôn làm được, các cách ở dưới sẽ không bao giờ được thử.',
  );

export const ifClosedSchema = z
  .union([z.literal('skip'), rungSchema, laddersSchema])
  .describe(
    'Khi kênh không còn cho gửi: "skip" = bỏ qua có ghi lý do; hoặc lần lượt thử từng cách: mẫu tin đã duyệt ({ template, with }), "email", "task" = giao việc cho nhân viên',
  );
export type IfClosedField = z.infer<typeof ifClosedSchema>;

/** The rungs as written, each with where it stands below `if_closed`. */
export function rungsOf(field: IfClosedField | undefined): { rung: RungField; path: (string | number)[] }[] {
  if (field === undefined || field === 'skip') return [];
  if (!Array.isArray(field)) return [{ rung: field, path: [] }];
  return field.map((rung, index) => ({ rung, path: [index] }));
}

export const purposeSchema = z
  .enum(['answer', 'confirmation', 'care', 'advertising'])
  .describe('Mục đích: answer = trả lời, confirmation = xác nhận, care = chăm sóc chủ động, advertising = quảng cáo');
export type PurposeField = z.infer<typeof purposeSchema>;
