// Workbooks as Excel writes them: texts in a table of their own, after the sheets; dates as numbers with a style.
import { makeZip, type Part } from './make-zip.ts';

export type XlsxCell = string | number | boolean | Date | null;
export type Sheets = Record<string, readonly (readonly XlsxCell[])[]>;

const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

export function makeXlsx(sheets: Sheets): Buffer {
  return makeZip(xlsxParts(sheets));
}

/** The parts by themselves, so that a test can change one. */
export function xlsxParts(sheets: Sheets): Part[] {
  const names = Object.keys(sheets);
  const texts = new Map<string, number>();
  const bodies = Object.values(sheets).map((rows) => sheetOf(rows, texts));
  return [
    { name: '[Content_Types].xml', data: contentTypes(names) },
    { name: '_rels/.rels', data: links([['rId1', 'officeDocument', 'xl/workbook.xml']]) },
    { name: 'xl/workbook.xml', data: workbook(names) },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: links([
        ...names.map((_, n): [string, string, string] => [`rId${n + 1}`, 'worksheet', `worksheets/sheet${n + 1}.xml`]),
        ['rIdS', 'styles', '/xl/styles.xml'],
        ['rIdT', 'sharedStrings', 'sharedStrings.xml'],
      ]),
    },
    { name: 'xl/styles.xml', data: STYLES },
    ...bodies.map((data, n) => ({ name: `xl/worksheets/sheet${n + 1}.xml`, data })),
    { name: 'xl/sharedStrings.xml', data: textsOf([...texts.keys()]) },
  ];
}

function contentTypes(names: readonly string[]): string {
  const of = (part: string, kind: string) =>
    `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
  return `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${of('/xl/workbook.xml', 'sheet.main')}${names
    .map((_, n) => of(`/xl/worksheets/sheet${n + 1}.xml`, 'worksheet'))
    .join('')}</Types>`;
}

function links(all: readonly [id: string, type: string, target: string][]): string {
  const one = ([id, type, target]: readonly string[]) =>
    `<Relationship Id="${id}" Type="${DOCUMENT}/${type}" Target="${target}"/>`;
  return `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.map(one).join('')}</Relationships>`;
}

function workbook(names: readonly string[]): string {
  const sheets = names.map((name, n) => `<sheet name="${marked(name)}" sheetId="${n + 1}" r:id="rId${n + 1}"/>`);
  return `${XML}<workbook ${MAIN} xmlns:r="${DOCUMENT}"><workbookPr/><sheets>${sheets.join('')}</sheets></workbook>`;
}

const STYLES = `${XML}<styleSheet ${MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`;

export function sheetOf(rows: readonly (readonly XlsxCell[])[], texts: Map<string, number>): string {
  const body = rows.map((row, n) => rowOf(row, n + 1, texts)).join('');
  return `${XML}<worksheet ${MAIN}><dimension ref="A1"/><sheetData>${body}</sheetData></worksheet>`;
}

export function rowOf(row: readonly XlsxCell[], line: number, texts: Map<string, number>): string {
  return `<row r="${line}" spans="1:${row.length}">${row.map((cell, n) => cellOf(cell, `${nameOf(n)}${line}`, texts)).join('')}</row>`;
}

function cellOf(cell: XlsxCell, name: string, texts: Map<string, number>): string {
  if (cell === null) return `<c r="${name}" s="0"/>`;
  if (typeof cell === 'number') return `<c r="${name}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${name}" t="b"><v>${Number(cell)}</v></c>`;
  if (cell instanceof Date) return `<c r="${name}" s="1"><v>${cell.getTime() / 86_400_000 + 25_569}</v></c>`;
  const known = texts.get(cell) ?? texts.size;
  texts.set(cell, known);
  return `<c r="${name}" t="s"><v>${known}</v></c>`;
}

export function textsOf(texts: readonly string[]): string {
  return `${XML}<sst ${MAIN}>${texts.map((text) => `<si><t xml:space="preserve">${marked(text)}</t></si>`).join('')}</sst>`;
}

function nameOf(place: number): string {
  const rest = Math.floor(place / 26);
  return (rest === 0 ? '' : nameOf(rest - 1)) + String.fromCharCode(65 + (place % 26));
}

function marked(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
