// Scores as people write them: words with and without dấu, digits with noise, stars.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { readScore, scoreRange } from '../../src/flows/steps/survey-words.ts';

describe('a score in words', () => {
  it.each([
    ['ces', 'rất dễ', 7],
    ['ces', 'rat de', 7],
    ['ces', 'dễ lắm em ạ', 7],
    ['ces', 'siêu dễ luôn', 7],
    ['ces', 'dễ dùng', 6],
    ['ces', 'cũng đơn giản', 6],
    ['ces', 'khá dễ', 5],
    ['ces', 'không khó lắm', 5],
    ['ces', 'ko khó', 5],
    ['ces', 'bình thường', 4],
    ['ces', 'hơi khó', 3],
    ['ces', 'hoi kho', 3],
    ['ces', 'không dễ lắm', 3],
    ['ces', 'khó', 2],
    ['ces', 'khó dùng lắm', 2],
    ['ces', 'không dễ', 2],
    ['ces', 'phức tạp', 2],
    ['ces', 'rất khó', 1],
    ['ces', 'khó quá em ơi', 1],
    ['ces', 'quá rắc rối', 1],
    ['csat', 'năm sao', 5],
    ['csat', 'bốn', 4],
    ['csat', '⭐⭐⭐⭐⭐', 5],
    ['csat', '★★', 2],
    ['nps', 'mười điểm', 10],
    ['nps', 'chín', 9],
  ] as const)('%s "%s" → %i', (metric, text, wanted) => {
    expect(readScore(metric, text)).toMatchObject({ ok: true, score: wanted });
  });

  it.each([
    ['csat', '５', 5],
    ['csat', '5\u0301', 5],
    ['csat', '5đ', 5],
    ['csat', '4 điểm ạ', 4],
    ['csat', 'mức 4', 4],
    ['csat', 'số 3 nhé', 3],
    ['csat', '4/5', 4],
    ['nps', '10/10 luôn', 10],
    ['nps', '９', 9],
    ['ces', '6 trên 7', 6],
    ['csat', '4 dong y', 4],
    ['csat', '10/10', 5],
    ['csat', 'cho 10 điểm luôn', 5],
    ['csat', 'điểm 10', 5],
    ['csat', 'mười điểm', 5],
    ['ces', '10 trên 10', 7],
    ['csat', '5 điểm sau 3 tháng dùng', 5],
    ['nps', '9 ngay em', 9],
  ] as const)('%s digits "%s" → %i', (metric, text, wanted) => {
    expect(readScore(metric, text)).toMatchObject({ ok: true, score: wanted });
  });

  it.each([
    ['csat', 'sáu'],
    ['csat', '⭐⭐⭐⭐⭐⭐'],
    ['csat', 'cho mình hỏi giá'],
    ['ces', 'hướng dẫn đổi mật khẩu'],
    ['ces', '8'],
    ['csat', '8/10'],
    ['csat', '10'],
    ['csat', '10 ngày rồi'],
    ['nps', '3 hay 4 gì đó'],
    ['csat', '5 tháng rồi chưa ai gọi'],
    ['csat', '3 THANG ROI'],
    ['csat', '2 chi nhánh đều lỗi'],
    ['csat', 'gọi lại lúc 5h30'],
    ['nps', 'giảm 10% thì giới thiệu'],
  ] as const)('%s "%s" is no score', (metric, text) => {
    expect(readScore(metric, text).ok).toBe(false);
  });

  const metrics = fc.constantFrom('csat', 'nps', 'ces');
  test.prop([metrics, fc.string({ unit: 'grapheme' })])('is inside its scale whatever is written', (metric, text) => {
    const read = readScore(metric, text);
    const { min, max } = scoreRange[metric];
    if (read.ok) expect(read.score >= min && read.score <= max).toBe(true);
  });
});
