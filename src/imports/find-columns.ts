// Which column of the file is which field: by its heading, with or without dấu, in any order; or as the sender says.
import { HttpError } from '../errors.ts';
import { nearestName } from '../flows/nearest-name.ts';
import { foldText } from '../flows/vietnamese-text.ts';
import { type ImportField, type ImportKind, importFields } from './import-kinds.ts';

export type Columns = {
  /** Field → place of its column. */
  places: { field: string; heading: string; place: number }[];
  /** Headings of columns that say nothing to us. */
  ignored: string[];
};

/** Field → heading, as somebody sent it; overrides what the headings say. */
export type OwnMapping = Readonly<Record<string, string>>;

/** Throws unknown_field, unknown_column, doubled_column, missing_columns, each naming what was found. */
export function findColumns(kind: ImportKind, headings: readonly string[], own: OwnMapping): Columns {
  const fields = importFields[kind];
  refuseUnknown(fields, headings, own);
  const taken = new Map<string, { heading: string; place: number }>();
  for (const [field, heading] of Object.entries(own)) {
    taken.set(field, { heading, place: placeOf(headings, heading) });
  }
  const ownPlaces = new Set([...taken.values()].map(({ place }) => place));
  const ignored: string[] = [];
  for (const [place, heading] of headings.entries()) {
    if (ownPlaces.has(place) || heading.trim() === '') continue;
    const field = fieldOf(fields, heading);
    if (field === undefined || Object.hasOwn(own, field.name)) ignored.push(heading);
    else if (taken.has(field.name)) throw doubled(field, taken.get(field.name)?.heading ?? '', heading);
    else taken.set(field.name, { heading, place });
  }
  refuseMissing(fields, headings, taken);
  return { places: [...taken].map(([field, column]) => ({ field, ...column })), ignored };
}

function fieldOf(fields: readonly ImportField[], heading: string): ImportField | undefined {
  const whole = plain(heading);
  // "Giá trị (VNĐ)" is "Giá trị".
  const short = plain(heading.replace(/\([^)]*\)/g, ''));
  const isNamed = (field: ImportField, name: string) =>
    [field.name, field.title, ...field.also].some((one) => plain(one) === name);
  return fields.find((field) => isNamed(field, whole)) ?? fields.find((field) => isNamed(field, short));
}

function plain(heading: string): string {
  return foldText(heading).replaceAll(' ', '');
}

function placeOf(headings: readonly string[], wanted: string): number {
  const exact = headings.indexOf(wanted);
  return exact >= 0 ? exact : headings.findIndex((heading) => plain(heading) === plain(wanted));
}

function refuseUnknown(fields: readonly ImportField[], headings: readonly string[], own: OwnMapping): void {
  const names = fields.map(({ name }) => name);
  for (const [field, heading] of Object.entries(own)) {
    if (!names.includes(field)) {
      const message = `mapping: "${field}" is not a field of this import; the fields are ${names.join(', ')}.`;
      throw new HttpError(422, 'unknown_field', message, { field, nearest: nearestName(field, names) });
    }
    if (placeOf(headings, heading) < 0) {
      const message = `mapping: the file has no column "${heading}"; it has ${listOf(headings)}.`;
      throw new HttpError(422, 'unknown_column', message, { heading, nearest: nearestName(heading, headings) });
    }
  }
}

function doubled(field: ImportField, first: string, second: string): HttpError {
  const message = `Columns "${first}" and "${second}" both mean "${field.title}" (${field.name}); remove one, or say which with mapping.`;
  const explanation = `Cột "${first}" và cột "${second}" cùng là "${field.title}". Xoá bớt một cột, hoặc gửi mapping {"${field.name}": "${first}"}.`;
  return new HttpError(422, 'doubled_column', message, { field: field.name, headings: [first, second], explanation });
}

function refuseMissing(
  fields: readonly ImportField[],
  headings: readonly string[],
  taken: ReadonlyMap<string, unknown>,
): void {
  const wanted = fields.filter(({ isNeeded, name }) => isNeeded && !taken.has(name));
  // Consent must be provable: where it comes from is part of it.
  const source = fields.find(({ name }) => name === 'consentSource');
  if (source && taken.has('consent') && !taken.has('consentSource')) wanted.push(source);
  if (wanted.length === 0) return;
  const missing = wanted.map((field) => ({
    field: field.name,
    title: field.title,
    nearest: nearestTo(field, headings),
  }));
  const words = missing
    .map(({ title, nearest }) => `"${title}"${nearest ? ` (nearest: "${nearest}")` : ''}`)
    .join(', ');
  const lacks = missing
    .map(({ title, nearest }) => `"${title}"${nearest ? ` (gần nhất: "${nearest}")` : ''}`)
    .join(', ');
  throw new HttpError(
    422,
    'missing_columns',
    `The file lacks ${words}; it has ${listOf(headings)}. Rename the column, or send mapping.`,
    {
      missing,
      found: headings,
      explanation: `Tệp thiếu cột ${lacks}. Các cột có trong tệp: ${listOf(headings)}. Đổi tên cột ở dòng đầu, hoặc gửi mapping {"${missing[0]?.field}": "tên cột"}.`,
    },
  );
}

function nearestTo(field: ImportField, headings: readonly string[]): string | null {
  for (const name of [field.title, ...field.also]) {
    const nearest = nearestName(name, headings);
    if (nearest !== null) return nearest;
  }
  return null;
}

function listOf(headings: readonly string[]): string {
  const shown = headings.filter((heading) => heading.trim() !== '').slice(0, 30);
  return shown.length === 0 ? '(không có cột nào)' : shown.map((heading) => `"${heading}"`).join(', ');
}
