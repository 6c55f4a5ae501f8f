import { describe, expect, it } from 'vitest';
import { formatSlot } from '../../src/flows/local-time.ts';
import { readAnswer, readPhone } from '../../src/flows/steps/read-answer.ts';
import { slotsMeant } from '../../src/flows/steps/slots-meant.ts';
import { readScore } from '../../src/flows/steps/survey-words.ts';
import { trainingSlots } from '../../src/flows/steps/training-slots.ts';
import { tuesdayMorning } from './sample-run.ts';

describe('open answers', () => {
  it.each([
    ['0912 345 678', '0912345678'],
    ['+84 912.345.678 nhé em', '0912345678'],
    ['84912345678', '0912345678'],
    ['số mình là 0912345678', '0912345678'],
    ['091234567', null],
    ['12345', null],
    ['không', null],
  ])('phone "%s" → %s', (text, wanted) => {
    expect(readPhone(text)).toBe(wanted);
  });

  it.each([
    ['5', 5],
    ['5 chi nhánh', 5],
    ['1.200', 1200],
    ['1,5', 1.5],
    ['từ 3 đến 5', null],
    ['năm', null],
  ])('number "%s" → %s', (text, wanted) => {
    const answer = readAnswer({ answer: 'number' }, text);
    expect(answer.ok ? answer.value : null).toBe(wanted);
  });

  it('keeps numbers inside their bounds and tells a near miss', () => {
    expect(readAnswer({ answer: 'number', min: 1, max: 9 }, '12')).toEqual({ ok: false, isNear: true });
    expect(readAnswer({ answer: 'email' }, 'Lan@Example.COM')).toEqual({ ok: true, value: 'lan@example.com' });
    expect(readAnswer({ answer: 'text', min: 5 }, 'ừ')).toEqual({ ok: false, isNear: true });
  });
});

describe('scores in words and numbers', () => {
  it.each([
    ['csat', '5', 5],
    ['csat', 'Rất hài lòng', 5],
    ['csat', 'rat hai long', 5],
    ['csat', 'hài lòng', 4],
    ['csat', 'khá tốt em ạ', 4],
    ['csat', 'quá xịn luôn', 5],
    ['csat', 'xài ngon', 4],
    ['csat', 'bth', 3],
    ['csat', 'đỡ hơn rồi', 3],
    ['csat', 'hông thích', 2],
    ['csat', 'tốt nhưng hay lỗi', 2],
    ['csat', 'vẫn bị', 2],
    ['csat', 'chưa hài lòng', 2],
    ['csat', 'không hài lòng lắm', 2],
    ['csat', 'tệ', 2],
    ['csat', 'quá tệ', 1],
    ['csat', 'te', 2],
    ['csat', '4/5', 4],
    ['csat', '5 sao', 5],
    ['csat', 'mình chấm 3 điểm', 3],
    ['csat', 'bình thường', 3],
    ['csat', '8', null],
    ['csat', 'ai đấy', null],
    ['nps', '9 điểm', 9],
    ['nps', '10/10', 10],
    ['nps', '0', 0],
    ['nps', 'chắc chắn rồi', 10],
    ['nps', '11', null],
    ['ces', 'rất dễ', 7],
    ['ces', 'khó', 2],
  ] as const)('%s "%s" → %s', (metric, text, wanted) => {
    const score = readScore(metric, text);
    expect(score.ok ? score.score : null).toBe(wanted);
  });

  it('keeps what was said besides the score', () => {
    expect(readScore('csat', 'phần mềm tốt nhưng báo cáo hơi chậm')).toMatchObject({
      score: 4,
      comment: 'phần mềm tốt nhưng báo cáo hơi chậm',
    });
    expect(readScore('csat', 'tốt ạ')).toMatchObject({ score: 4, comment: null });
  });
});

describe('training slots', () => {
  const now = Date.parse(tuesdayMorning);
  const rule = {
    days: ['thứ 3', 'thứ 5', 'chủ nhật'],
    hours: ['09:00', '14:30'],
    notice: '3 hours',
    within: '14 days',
  };
  const zone = 'Asia/Ho_Chi_Minh';
  const slots = trainingSlots(rule, now, zone);

  const slotsAt = (...parts: string[]) =>
    slots.map((slot) => formatSlot(slot, zone)).filter((title) => parts.some((part) => title.includes(part)));

  it('are the next hours of the rule, by the local clock', () => {
    expect(slots.slice(0, 4).map((slot) => formatSlot(slot, zone))).toEqual([
      'T3 24/11 14:30',
      'T5 26/11 09:00',
      'T5 26/11 14:30',
      'CN 29/11 09:00',
    ]);
    expect(slots.every((slot) => slot >= now + 3 * 3_600_000 && slot <= now + 14 * 86_400_000)).toBe(true);
  });

  it('keep their hour where clocks change', () => {
    const berlin = trainingSlots({ ...rule, days: ['chủ nhật'] }, Date.parse('2026-10-20T12:00:00Z'), 'Europe/Berlin');
    expect(berlin.map((slot) => new Date(slot).toISOString())).toContain('2026-10-25T08:00:00.000Z');
  });

  it.each([
    ['thứ 5', ['T5 26/11 09:00', 'T5 26/11 14:30', 'T5 03/12 09:00', 'T5 03/12 14:30']],
    ['2h30 chiều thứ 5', ['T5 26/11 14:30']],
    ['26/11 lúc 9h', ['T5 26/11 09:00']],
    ['tuần sau', slotsAt('T3 01/12', 'T5 03/12', 'CN 06/12')],
    ['chiều nay nha em', ['T3 24/11 14:30']],
    ['mốt', ['T5 26/11 09:00', 'T5 26/11 14:30']],
    ['14g30 ngày mốt', ['T5 26/11 14:30']],
    ['hai rưỡi chiều thứ năm', ['T5 26/11 14:30']],
    ['sáng thứ 5', ['T5 26/11 09:00', 'T5 03/12 09:00']],
    ['cuối tuần được hông em', ['CN 29/11 09:00', 'CN 29/11 14:30', 'CN 06/12 09:00', 'CN 06/12 14:30']],
    // Not that hour, but that day.
    ['2h chiều mốt được không', ['T5 26/11 14:30']],
    ['8h tối thứ 5', ['T5 26/11 09:00', 'T5 26/11 14:30', 'T5 03/12 09:00', 'T5 03/12 14:30']],
    ['9h tôi học được', slotsAt('09:00')],
    // A time that is not free, and none at all.
    ['thứ 2', []],
    ['tối nay 7h', ['T3 24/11 14:30']],
    ['gì cũng được', null],
    ['hôm nay in bill không được', null],
    ['đổi sang mật khẩu khác', null],
    ['3 hôm trước khách đặt lịch mà không thấy', null],
  ])('"%s" points at %j', (text, wanted) => {
    const meant = slotsMeant(text, slots, now, zone);
    expect(meant?.slots.map((slot) => formatSlot(slot, zone)) ?? null).toEqual(wanted);
  });
});
