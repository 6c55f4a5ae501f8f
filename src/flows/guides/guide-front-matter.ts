// The head of a guide file, as marketers write it between two lines of "---".
import { z } from 'zod';

export const LONGEST_TITLE = 60;
/** Messenger cuts the title of a tap choice here. */
export const LONGEST_SHORT_TITLE = 20;
/** A guide must fit one message of either channel (2,000 characters), with room for greeting and link. */
export const LONGEST_BODY = 1500;

const line = z.string('phải là một dòng chữ').trim().min(1, 'đang để trống');

export const guideFrontMatterSchema = z.strictObject({
  title: line.max(LONGEST_TITLE, `dài quá ${LONGEST_TITLE} ký tự`),
  short: line.max(LONGEST_SHORT_TITLE, `dài quá ${LONGEST_SHORT_TITLE} ký tự`).optional(),
  product: z.enum(['spa', 'training', 'common'], 'phải là spa, training hoặc common'),
  rank: z.int('phải là một số nguyên').min(1, 'nhỏ nhất là 1').max(99, 'lớn nhất là 99').nullable().default(null),
  keywords: z.array(line, 'phải là một danh sách').min(1, 'cần ít nhất một từ khoá'),
  questions: z.array(line, 'phải là một danh sách').min(1, 'cần ít nhất một câu hỏi mẫu'),
  summary: line,
  video: z
    .url({ protocol: /^https$/, error: 'phải là địa chỉ https://… hoặc bỏ trống' })
    .nullable()
    .default(null),
});

export const GUIDE_FIELDS = Object.keys(guideFrontMatterSchema.shape);
