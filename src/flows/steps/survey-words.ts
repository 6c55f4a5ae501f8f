// How customers give a score: the number itself ("5", "9 điểm", "4/5", "5 sao") or words ("rất hài lòng", "tệ").
import { contains, isWholly, type Phrase, readSaying } from '../match-phrase.ts';

export type SurveyMetric = 'csat' | 'nps' | 'ces';
export const scoreRange: Record<SurveyMetric, { min: number; max: number }> = {
  csat: { min: 1, max: 5 },
  nps: { min: 0, max: 10 },
  ces: { min: 1, max: 7 },
};

/** Best first; titles fit Messenger's 20 characters and Zalo's five buttons. NPS and CES are asked by number. */
export const scoreTitles: Record<SurveyMetric, readonly { score: number; title: string }[]> = {
  csat: [
    { score: 5, title: 'Rất hài lòng' },
    { score: 4, title: 'Hài lòng' },
    { score: 3, title: 'Bình thường' },
    { score: 2, title: 'Chưa hài lòng' },
    { score: 1, title: 'Rất tệ' },
  ],
  nps: Array.from({ length: 11 }, (_, score) => ({ score, title: String(score) })).reverse(),
  ces: Array.from({ length: 7 }, (_, index) => ({ score: 7 - index, title: String(7 - index) })),
};

const wordLists: Record<SurveyMetric, Record<number, string>> = {
  csat: {
    5: 'rất hài lòng · cực kỳ hài lòng · hoàn toàn hài lòng · tuyệt vời · tuyệt · xuất sắc · rất tốt · quá tốt · rất ok · rất ưng · quá ưng · hoàn hảo · rất thích · đỉnh · quá xịn · rất xịn · xịn xò · xịn quá',
    4: 'hài lòng · tốt · khá tốt · ổn · khá ổn · hay · ok · ưng · ưng ý · được · thích · không tệ · cũng hài lòng · good · xịn · ngon · ngon lành · dùng ngon · xài ngon · dùng tốt · xài tốt · dùng được · xài được',
    3: 'bình thường · tạm · tạm được · tàm tạm · cũng được · cũng tạm · trung bình · tạm ổn · tạm hài lòng · bth · đỡ rồi · đỡ hơn · đỡ hơn rồi · cũng đỡ',
    2: 'chưa hài lòng · không hài lòng · chưa tốt · không tốt · tệ · kém · dở · chán · chưa ổn · không ổn · chưa ưng · không ưng · hơi tệ · khá tệ · hơi kém · không thích · khó dùng · khó xài · hay lỗi · lỗi hoài · lỗi suốt · vẫn lỗi · vẫn bị · vẫn vậy · vẫn thế · không được · chưa được',
    1: 'rất tệ · quá tệ · tệ quá · rất không hài lòng · rất kém · quá kém · kém quá · thất vọng · rất thất vọng · quá thất vọng · quá chán · chán quá · tệ hại · rất dở',
  },
  nps: {
    10: 'chắc chắn · chắc chắn có · chắc chắn rồi · chắc chắn sẽ giới thiệu · rất sẵn lòng · rất sẵn sàng',
    9: 'sẵn lòng · sẵn sàng',
    0: 'không bao giờ · chắc chắn không · không đời nào',
  },
  ces: {
    7: 'rất dễ · rất là dễ · cực dễ · cực kỳ dễ · siêu dễ · quá dễ · dễ quá · dễ lắm · dễ cực · rất dễ dùng · rất dễ sử dụng · rất dễ dàng · rất đơn giản · quá đơn giản · rất tiện · rất thuận tiện',
    6: 'dễ · dễ dàng · dễ dùng · dễ sử dụng · dễ làm · dễ hiểu · đơn giản · tiện · thuận tiện · nhanh gọn',
    5: 'khá dễ · hơi dễ · tương đối dễ · cũng dễ · không khó · không khó lắm · không khó khăn · khá đơn giản · khá tiện',
    4: 'bình thường · tạm · tạm được · cũng được · trung bình · không khó không dễ · không dễ không khó · vừa phải',
    3: 'hơi khó · khá khó · tương đối khó · cũng khó · hơi khó dùng · hơi phức tạp · hơi rắc rối · hơi rối · không dễ lắm · chưa dễ',
    2: 'khó · khó dùng · khó sử dụng · khó hiểu · khó khăn · không dễ · không dễ dàng · phức tạp · rắc rối · rối',
    1: 'rất khó · rất là khó · quá khó · cực khó · cực kỳ khó · siêu khó · khó quá · khó lắm · khó cực · rất khó dùng · rất khó hiểu · quá phức tạp · rất phức tạp · quá rắc rối · rất rắc rối · quá rối',
  },
};

type ScoreWords = { score: number; phrase: Phrase }[];
const words: Record<SurveyMetric, ScoreWords> = {
  csat: readWords(wordLists.csat),
  nps: readWords(wordLists.nps),
  ces: readWords(wordLists.ces),
};

/** `comment`: the customer said more than a score. `isNear`: a number outside the scale. */
export type ReadScore = { ok: true; score: number; comment: string | null } | { ok: false; isNear: boolean };

export function readScore(metric: SurveyMetric, written: string): ReadScore {
  const text = withFullMarks(metric, plainDigits(written));
  const said = readSaying(text);
  const number = readScoreNumber(metric, text);
  if (number.ok) return { ok: true, score: number.score, comment: said.length > 4 ? written.trim() : null };
  const best = readSpelled(metric, text, said) ?? longestWords(metric, said);
  if (best === null) return { ok: false, isNear: number.isNear };
  return { ok: true, score: best.score, comment: said.length > best.phrase.length + 2 ? written.trim() : null };
}

/** "10/10", "10 điểm", "điểm 10": the best mark there is, whatever the scale; "8/10" is asked again. */
function withFullMarks(metric: SurveyMetric, text: string): string {
  const { max } = scoreRange[metric];
  if (max === 10) return text;
  const full =
    /(?<![\p{L}\d])(?:10\s*(?:\/|trên|tren)\s*10|(?:10|100|mười|muoi)\s*(?:điểm|diem|đ)|(?:điểm|diem)\s*(?:10|mười|muoi))(?![\p{L}\d])/giu;
  return text.replace(full, `${max} điểm`);
}

/** Wide digits, and marks that a keyboard left on a digit, are that digit. */
function plainDigits(text: string): string {
  return text.normalize('NFKC').replace(/(\d)\p{M}+/gu, '$1');
}

const spelled = ['một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín', 'mười'].map((word, index) => ({
  score: index + 1,
  phrases: [word, `${word} điểm`, `${word} sao`, `mức ${word}`].map(readSaying),
}));

/** A number as a word, alone or with what it counts; or as many stars. */
function readSpelled(metric: SurveyMetric, text: string, said: Phrase): ScoreWords[number] | null {
  const { min, max } = scoreRange[metric];
  const stars = /^\s*(?:(?:⭐|🌟|★)\uFE0F?\s*){1,10}$/u.test(text) ? (text.match(/⭐|🌟|★/gu)?.length ?? 0) : 0;
  const found = spelled.find(
    ({ score, phrases }) => score === stars || phrases.some((phrase) => isWholly(said, phrase)),
  );
  if (found === undefined || found.score < min || found.score > max) return null;
  return { score: found.score, phrase: said };
}

/** "5 tháng rồi chưa ai gọi" and "lúc 5h" count something else; without dấu only what is no other word as well. */
const COUNTED = [
  'giây|phút|giờ|h\\d*|hôm|ngày|tuần|tháng|năm|lần|người|khách|cái|chi nhánh|nghìn|ngàn|triệu|tr|k|đồng|%',
  'phut|tuan|thang|nguoi|chi nhanh|nghin|trieu',
].join('|');
const NUMBER = new RegExp(`(?<![\\p{L}\\d])-?\\d+(?:[.,]\\d+)?(?![\\d.,]*\\s*(?:${COUNTED})(?![\\p{L}\\d]))`, 'giu');

function readScoreNumber(
  metric: SurveyMetric,
  text: string,
): { ok: true; score: number } | { ok: false; isNear: boolean } {
  if (text.length > 200) return { ok: false, isNear: false };
  const { min, max } = scoreRange[metric];
  const outOf = text.replace(new RegExp(`(\\d{1,2})\\s*(?:/|trên)\\s*${max}(?!\\d)`, 'u'), '$1');
  const numbers = outOf.match(NUMBER) ?? [];
  const score = Number(numbers[0]);
  if (numbers.length !== 1 || !Number.isInteger(score)) return { ok: false, isNear: numbers.length > 0 };
  return score >= min && score <= max ? { ok: true, score } : { ok: false, isNear: true };
}

function longestWords(metric: SurveyMetric, said: Phrase): ScoreWords[number] | null {
  const found = words[metric].filter(
    ({ phrase }) => isWholly(said, phrase) || ((phrase.length > 1 || said.length <= 8) && contains(said, phrase)),
  );
  return found.reduce<ScoreWords[number] | null>(
    (best, item) => (best === null || item.phrase.length > best.phrase.length ? item : best),
    null,
  );
}

function readWords(lists: Record<number, string>): ScoreWords {
  return Object.entries(lists).flatMap(([score, list]) =>
    list.split('·').map((phrase) => ({ score: Number(score), phrase: readSaying(phrase) })),
  );
}
