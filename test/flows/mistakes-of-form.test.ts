// One slip of the hand is one line: where it was made, what it is, and a cure that cures.
import { describe, expect, it } from 'vitest';
import { readYaml } from '../../src/flows/read-yaml.ts';

const good = `id: hoi-tham
steps:
  - id: hoi
    choose: "Chị quen tay chưa ạ?"
    options:
      - title: Quen rồi
        also: [ok, ổn]
      - title: Chưa
    no_reply: { after: 2 days, go: end }

  - id: hoi_them
    ask: Chị vướng ở đâu ạ?
    save_as: nhu_cau
`;

function mistakesIn(source: string) {
  const read = readYaml('hoi-tham.flow.yaml', source);
  return read.ok
    ? []
    : read.problems.map(({ line, column, message, fix }) => ({ at: `${line}:${column}`, message, fix }));
}

describe('a file of flows', () => {
  it('is read without a mistake', () => {
    expect(mistakesIn(good)).toEqual([]);
  });

  it.each<[name: string, wrong: [from: string, to: string], at: string, message: RegExp, fix: RegExp]>([
    ['a first line too deep', ['    ask:', '      ask:'], '12:7', /sâu hơn/, /ngang hàng thụt bằng nhau/],
    ['a line below text too deep', ['    save_as', '      save_as'], '13:7', /sâu hơn/, /ngang hàng thụt bằng nhau/],
    ['a line too far left', ['    save_as', '   save_as'], '13:4', /không bằng/, /ngang hàng thụt bằng nhau/],
    ['a dash too far left', ['  - id: hoi_them', '- id: hoi_them'], '11:1', /không bằng/, /ngang hàng thụt bằng nhau/],
    ['an option too far left', ['      - title: Chưa', '     - title: Chưa'], '8:6', /không bằng/, /bằng nhau/],
    ['quotes of Word', ['ask: Chị vướng ở đâu ạ?', 'ask: “Chị vướng: ở đâu?”'], '12:10', /“/, /gõ lại dấu "/],
    ['a dash of Word', ['  - id: hoi_them', '  – id: hoi_them'], '11:3', /–/, /gõ lại dấu -/],
    ['a wide colon', ['save_as: ', 'save_as：'], '13:12', /：/, /gõ lại dấu :/],
    ['quotes left open', ['save_as: nhu_cau', 'save_as: "nhu_cau'], '13:14', /nháy mở ở đây/, /cuối lời/],
    ['a bracket left open', ['[ok, ổn]', '[ok, ổn'], '7:15', /"\[" mở ở đây/, /"\]"/],
    ['a colon left out', ['ask: Chị', 'ask Chị'], '12:5', /thiếu/, /tên: giá trị/],
    ['a space left out', ['save_as: nhu_cau', 'save_as:nhu_cau'], '13:5', /dấu cách sau ":"/, /dấu cách sau dấu ":"/],
    ['a semicolon', ['2 days, go', '2 days; go'], '9:24', /\{ \}/, /dấu phẩy/],
    ['a second file below', ['  - id: hoi_them', '---\nid: nua\nsteps:\n  - id: hoi_them'], '11:1', /"---"/, /Bỏ dòng/],
  ])('tells %s', (_, [from, to], at, message, fix) => {
    const told = mistakesIn(good.replace(from, to));
    expect(told).toEqual([{ at, message: expect.stringMatching(message), fix: expect.stringMatching(fix) }]);
  });

  it.each<[name: string, wrong: [from: string, to: string], at: string, message: RegExp, fix: RegExp]>([
    ['money with dots', ['title: Chưa', 'title: Chưa\n        price: 499.000'], '9:16', /hiểu là 499\./, /499000/],
    ['words behind a hash', ['ask: Chị vướng', 'ask: Chị theo dõi #ganbo'], '12:23', /còn "Chị theo dõi"/, /dấu nháy/],
  ])('tells %s, which YAML reads otherwise', (_, [from, to], at, message, fix) => {
    const told = mistakesIn(good.replace(from, to));
    expect(told).toEqual([{ at, message: expect.stringMatching(message), fix: expect.stringMatching(fix) }]);
  });

  it('leaves remarks, shares and quoted words alone', () => {
    const source = good.replace(
      'save_as: nhu_cau',
      'save_as: nhu_cau # nhớ lại\n    a: 0.125\n    b: 2.5\n    c: "#1 499.000"',
    );
    expect(mistakesIn(source)).toEqual([]);
  });

  it('tells two texts with a colon as two mistakes, for one does not follow from the other', () => {
    const source = good.replace('title: Chưa', 'title: Chưa: còn khó').replace('ask: Chị', 'ask: Dạ: chị');
    expect(mistakesIn(source).map(({ at }) => at)).toEqual(['8:16', '12:10']);
  });
});
