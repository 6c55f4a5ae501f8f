// Why a message is said, and what becomes of it when the channel's window is closed by then.
import { z } from 'zod';

export const ifClosedSchema = z
  .union([
    z.enum(['skip', 'task']),
    z.strictObject({
      template: z.string().min(1).describe('Mã mẫu tin đã được duyệt'),
      parameters: z.record(z.string().regex(/^\w{1,60}$/), z.string().min(1).max(1_000)).default({}),
    }),
  ])
  .describe(
    'Khi kênh không còn cho gửi: "skip" = bỏ qua có ghi lý do, "task" = giao việc cho nhân viên, hoặc gửi mẫu tin',
  );
export type IfClosedField = z.infer<typeof ifClosedSchema>;

export const purposeSchema = z
  .enum(['answer', 'confirmation', 'care', 'advertising'])
  .describe('Mục đích: answer = trả lời, confirmation = xác nhận, care = chăm sóc chủ động, advertising = quảng cáo');
export type PurposeField = z.infer<typeof purposeSchema>;
