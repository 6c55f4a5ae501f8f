// What strangers wrote, as a cell of a table that people open in Excel: always text, never a formula, whoever opens it and
// by whatever separator they read it.

export type Cell = string | number | null;

/** Nothing to be seen, or stripped by one reader or another: what stands behind it stands first. */
const HIDDEN = String.raw`[\s\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800"]*`;
/** What begins a formula, and every sign that Unicode takes apart into one: wide, small, raised, doubled, struck through. */
const BEGINS = '[=+\\-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−﬩⩵⩶≠]';
// Where Excel expects semicolons it takes what follows one as a cell of its own, quoted or not.
const LIVE = new RegExp(`(^|;)(?=${HIDDEN}${BEGINS})`, 'gu');

const LINE_BREAKS = /[\r\n\u0085\u2028\u2029\v\f]+/u;
const CONTROLS = /\p{Cc}/gu;
/** Excel pours what is longer into cells of its own. */
const LONGEST = 32_000;

/** An apostrophe stands before whatever could be taken for a formula; the words stay as they are, on one line. */
export function safeText(text: string): string {
  const lines = text.split(LINE_BREAKS).map((line) => line.trim());
  const line = lines
    .filter((one) => one !== '')
    .join(' / ')
    .replace(CONTROLS, ' ');
  const short = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  return short.replace(LIVE, "$1'");
}

/** Numbers are ours and stay numbers. */
export function safeCell(cell: Cell): string | number {
  if (cell === null) return '';
  if (typeof cell === 'string') return safeText(cell);
  return Number.isFinite(cell) ? cell : '';
}
