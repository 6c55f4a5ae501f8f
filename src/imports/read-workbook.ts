// What a workbook holds: its sheets by name, where each stands in the file, which styles show dates. Formulas, pictures
// and links are not looked at; a file with macros is refused.
import type { OpenZip } from './open-zip.ts';
import { readWholeXml, type XmlHandlers } from './read-xml.ts';
import { TableError } from './table-row.ts';
import { BROKEN, mostBytes } from './xlsx-limits.ts';

export type Workbook = {
  sheets: { name: string; path: string }[];
  texts: string | null;
  /** By the number of a style: does it show a date? */
  isDateStyle: readonly boolean[];
  /** Days are counted from 1904, as old Macs did. */
  countsFrom1904: boolean;
};

const CONTENT_TYPES = '[Content_Types].xml';
const MACROS = 'Tệp có macro (.xlsm). Trong Excel chọn Lưu thành "Excel Workbook (.xlsx)" rồi gửi lại.';

/** Throws TableError for what is no workbook. */
export async function readWorkbook(zip: OpenZip): Promise<Workbook> {
  if (!zip.entries.has(CONTENT_TYPES)) throw new TableError(BROKEN);
  await refuseMacros(zip);
  const root = await readLinks(zip, '', '_rels/.rels');
  const path = root.find(({ type }) => type === 'officeDocument')?.path;
  if (path === undefined || !zip.entries.has(path)) throw new TableError(BROKEN);
  const [, folder = '', name = ''] = /^(.*\/)?([^/]+)$/.exec(path) ?? [];
  const links = await readLinks(zip, folder, `${folder}_rels/${name}.rels`);
  const byType = (type: string) => links.find((link) => link.type === type)?.path ?? null;
  return {
    ...(await readSheets(zip, path, links)),
    texts: byType('sharedStrings'),
    isDateStyle: await readStyles(zip, byType('styles')),
  };
}

async function readPart(zip: OpenZip, path: string, handlers: XmlHandlers): Promise<void> {
  const entry = zip.entries.get(path);
  if (entry) await readWholeXml(zip.read(entry, mostBytes.other), handlers);
}

async function refuseMacros(zip: OpenZip): Promise<void> {
  if ([...zip.entries.keys()].some((name) => /vbaProject\.bin$/i.test(name))) throw new TableError(MACROS);
  await readPart(zip, CONTENT_TYPES, {
    open: (_name, { ContentType = '' }) => {
      if (/macroEnabled|vbaProject/i.test(ContentType)) throw new TableError(MACROS);
    },
  });
}

type Link = { id: string; type: string; path: string };

async function readLinks(zip: OpenZip, folder: string, path: string): Promise<Link[]> {
  const links: Link[] = [];
  await readPart(zip, path, {
    open: (name, { Id = '', Type = '', Target = '', TargetMode }) => {
      if (name !== 'Relationship' || TargetMode === 'External') return;
      links.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), path: resolve(folder, Target) });
    },
  });
  return links;
}

/** Only ever a name to look up in the directory: it cannot lead anywhere else. */
function resolve(folder: string, target: string): string {
  const kept: string[] = [];
  for (const part of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept.join('/');
}

async function readSheets(
  zip: OpenZip,
  path: string,
  links: readonly Link[],
): Promise<Pick<Workbook, 'sheets' | 'countsFrom1904'>> {
  const pathOf = new Map(links.flatMap(({ id, type, path: at }) => (type === 'worksheet' ? [[id, at]] : [])));
  const sheets: Workbook['sheets'] = [];
  let countsFrom1904 = false;
  await readPart(zip, path, {
    open: (name, attributes) => {
      if (name === 'workbookPr') countsFrom1904 = ['1', 'true'].includes(attributes.date1904 ?? '');
      if (name !== 'sheet') return;
      const link = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      const sheetPath = pathOf.get(link ?? '');
      if (sheetPath !== undefined) sheets.push({ name: attributes.name ?? '', path: sheetPath });
    },
  });
  return { sheets, countsFrom1904 };
}

const BUILT_IN_DATES = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
] as const;

async function readStyles(zip: OpenZip, path: string | null): Promise<boolean[]> {
  const own = new Map<number, boolean>();
  const isDateStyle: boolean[] = [];
  let isInside = false;
  if (path === null) return isDateStyle;
  await readPart(zip, path, {
    open: (name, { numFmtId, formatCode = '' }) => {
      const id = Number(numFmtId);
      if (name === 'numFmt') own.set(id, showsDate(formatCode));
      if (name === 'cellXfs') isInside = true;
      const isBuiltIn = BUILT_IN_DATES.some(([from, to]) => from <= id && id <= to);
      if (name === 'xf' && isInside) isDateStyle.push(own.get(id) ?? isBuiltIn);
    },
    close: (name) => {
      if (name === 'cellXfs') isInside = false;
    },
  });
  return isDateStyle;
}

/** dd/mm/yyyy, and not "0.00" or [Red]: what is quoted, escaped or in brackets says nothing. */
function showsDate(format: string): boolean {
  const plain = format.replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  const [first = ''] = plain.split(';', 1);
  return /[ymdhs]/i.test(first.replace(/general|e[+-]/gi, ''));
}
