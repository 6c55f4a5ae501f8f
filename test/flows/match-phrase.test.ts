import { describe, expect, it } from 'vitest';
import { contains, isWholly, readSaying } from '../../src/flows/match-phrase.ts';
import { prepareChoices, understandChoice } from '../../src/flows/understand-choice.ts';
import { isOnlyEmoji } from '../../src/flows/vietnamese-text.ts';

const wholly = (text: string, phrase: string) => isWholly(readSaying(text), readSaying(phrase));
const says = (text: string, phrase: string) => contains(readSaying(text), readSaying(phrase));

describe('a whole message', () => {
  it.each([
    ['dừng', 'dừng', true],
    ['Dừng!', 'dừng', true],
    ['DỪNGGG', 'dừng', true],
    ['dung', 'dừng', true],
    ['dạ cho em dừng ạ', 'dừng', true],
    ['đúng', 'dừng', false],
    ['dung roi', 'dừng', false],
    ['dung a', 'dừng', false],
    ['dùng', 'dừng', false],
    ['em muốn dừng gói', 'dừng', false],
    ['huy dang ky', 'hủy đăng ký', true],
    ['Huỷ Đăng Ký', 'hủy đăng ký', true],
    ['hủy đăng kí', 'hủy đăng ký', true],
    ['hũy đăng ký', 'hủy đăng ký', true],
    ['huy dk', 'hủy đăng ký', true],
    ['hủy đăng ký lớp học của bé', 'hủy đăng ký', false],
    ['kkkkk', 'không', false],
    ['kooo', 'không', true],
    ['hổng', 'không', true],
    ['khum cần nghen', 'không cần', true],
    ['ck rùi nè', 'chuyển khoản', true],
    ['ok gia hạn cho chị nhé', 'gia hạn', true],
    ['gia han cho anh luon', 'gia hạn', true],
    ['gia hạn cho chi nhánh 2', 'gia hạn', false],
    ['', 'dừng', false],
    ['🙂', 'dừng', false],
  ])('"%s" is "%s": %s', (text, phrase, wanted) => {
    expect(wholly(text, phrase)).toBe(wanted);
  });
});

describe('a phrase inside a message', () => {
  it.each([
    ['cho mình gặp nhân viên với', 'gặp nhân viên', true],
    ['gap nv', 'gặp nhân viên', true],
    ['GẶP NHÂN VIÊN', 'gặp nhân viên', true],
    ['thêm nhân viên', 'gặp nhân viên', false],
    ['không cần gặp nhân viên', 'gặp nhân viên', false],
    ['không cần gặp nhân viên đâu', 'nhân viên', false],
    ['chưa muốn đặt lịch đào tạo', 'đào tạo', false],
    ['không đặt được lịch, cho gặp nhân viên', 'gặp nhân viên', true],
    ['ko khiếu nại gì đâu', 'khiếu nại', false],
    ['em muốn khiếu nại', 'khiếu nại', true],
    ['lúa đạo ôn', 'lừa đảo', false],
    ['bị lua dao roi', 'lừa đảo', true],
    ['https://bao.vn/phap-luat/lua-dao-qua-mang.html', 'lừa đảo', false],
    ['xem giúp em www.bao.vn/khieu-nai nhé', 'khiếu nại', false],
    ['em muốn khiếu nại https://shop.vn/hoa-don', 'khiếu nại', true],
    ['lừa đảo,https://shop.vn', 'lừa đảo', true],
  ])('"%s" says "%s": %s', (text, phrase, wanted) => {
    expect(says(text, phrase)).toBe(wanted);
  });

  it('reads only the beginning of a pasted page', () => {
    expect(readSaying('chữ '.repeat(100_000)).length).toBeLessThanOrEqual(160);
  });
});

describe('which choice is meant', () => {
  const choices = prepareChoices([
    ['Hướng dẫn sử dụng', 'hướng dẫn'],
    ['Đặt lịch đào tạo', 'đặt lịch'],
    ['Không', 'thôi'],
    ['Không cần gặp', 'khỏi gặp'],
  ]);
  it.each([
    ['Hướng dẫn sử dụng', 0],
    ['huong dan', 0],
    ['cho em xem hướng dẫn nhé', 0],
    ['2', 1],
    ['số 2 ạ', 1],
    ['em muốn đặt lịch đào tạo tuần sau', 1],
    ['ko', 2],
    ['không cần gặp', 3],
    ['mình không biết chọn cái nào trong này cả', null],
    ['hướng dẫn hay đặt lịch', null],
    ['thứ 2', null],
    ['thu 2 nhe', null],
    ['lúc 2 giờ', null],
    ['2 rưỡi chiều', null],
    ['không cần đặt lịch', 2],
    ['chị bận rồi, huỷ đặt lịch đào tạo giúp chị', null],
    ['5', null],
    ['cái đầu tiên', 0],
    ['dạ cho em ý đầu', 0],
    ['cai thu hai nhe', 1],
    ['mục thứ 3', 2],
    ['số hai ạ', 1],
    ['cái cuối cùng', 3],
    ['lựa chọn thứ năm', null],
    ['thứ hai', null],
    ['đầu tháng', null],
    ['xin chào', null],
  ])('"%s" → %s', (text, wanted) => {
    expect(understandChoice(text, choices)).toBe(wanted);
  });
});

describe('a choice of one word', () => {
  const choices = prepareChoices([
    ['Được rồi, cảm ơn', 'rồi', 'có'],
    ['Xem chủ đề khác', 'khác'],
    ['Vẫn chưa được', 'chưa', 'không'],
    ['Chi phí', 'đắt'],
  ]);
  it.each([
    ['rồi', 0],
    ['dạ rồi em ơi', 0],
    ['có chứ', 0],
    ['chua', 2],
    ['chị chưa', 2],
    ['chưa em ơi', 2],
    ['không', 2],
    ['bên em đắt quá', 3],
    ['em ăn cơm chưa', null],
    ['chưa thấy nút đó', null],
    ['rồi sao nữa em', null],
    ['chị có mua đâu', null],
    ['có gì khác nhau', null],
  ])('is the message or nothing, where it is grammar: "%s" → %s', (text, wanted) => {
    expect(understandChoice(text, choices)).toBe(wanted);
  });
});

describe('only pictures', () => {
  it.each(['👍', '👍🏻 ❤️', '❤', '👨‍👩‍👧', '🇻🇳', '☺️\n🌷', ':))', '=]]]', '^^', '<3', ':v', 'T_T', ':(( '])(
    '%s is one',
    (text) => {
      expect(isOnlyEmoji(text)).toBe(true);
    },
  );
  it.each(['', ' ', '?', '...', ':', '3', '5 :)', 'v', '1️⃣', '#', 'ok 👍', '\u200D'])('"%s" is none', (text) => {
    expect(isOnlyEmoji(text)).toBe(false);
  });
});
