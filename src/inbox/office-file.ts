// Word, Excel and PowerPoint, old and new, without macros, and not a program or an archive that only looks like one.
import { readZipEntries } from '../imports/read-zip-entries.ts';

export type OfficeKind = { contentType: string; extension: string };

const MOST_ENTRIES = 5_000;
const MOST_UNPACKED = 200 * 1024 * 1024;

const OPEN_XML = 'application/vnd.openxmlformats-officedocument';
/** The part that makes it one of them. */
const NEW_KINDS: [part: string, kind: OfficeKind][] = [
  ['word/document.xml', { contentType: `${OPEN_XML}.wordprocessingml.document`, extension: 'docx' }],
  ['xl/workbook.xml', { contentType: `${OPEN_XML}.spreadsheetml.sheet`, extension: 'xlsx' }],
  ['ppt/presentation.xml', { contentType: `${OPEN_XML}.presentationml.presentation`, extension: 'pptx' }],
];
const OLD_KINDS: [stream: string, kind: OfficeKind][] = [
  ['WordDocument', { contentType: 'application/msword', extension: 'doc' }],
  ['Workbook', { contentType: 'application/vnd.ms-excel', extension: 'xls' }],
  ['PowerPoint Document', { contentType: 'application/vnd.ms-powerpoint', extension: 'ppt' }],
];

const OLD_SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** Places where macros live in the old container. */
const MACROS = ['_VBA_PROJECT', 'VBA'];

/** null for everything else, and for what holds macros or unpacks to more than it should. */
export function findOffice(bytes: Buffer): OfficeKind | null {
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04') return newKind(bytes);
  return bytes.subarray(0, 8).equals(OLD_SIGNATURE) ? oldKind(bytes) : null;
}

function newKind(bytes: Buffer): OfficeKind | null {
  const entries = bytes.length < 22 ? null : readZipEntries(bytes);
  if (entries === null || entries.length === 0 || entries.length > MOST_ENTRIES) return null;
  const unpacked = entries.reduce((sum, entry) => sum + entry.unpackedBytes, 0);
  if (unpacked > MOST_UNPACKED) return null;
  const names = new Set(entries.map(({ name }) => name));
  const isSafe = entries.every(({ name }) => isOrdinary(name));
  if (!isSafe || !names.has('[Content_Types].xml')) return null;
  const found = NEW_KINDS.filter(([part]) => names.has(part));
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}

/** No macros, no way out of the folder it is unpacked in. */
function isOrdinary(name: string): boolean {
  return !/vbaProject|\.(exe|dll|js|vbs|bat|cmd|com|scr|ps1|jar|msi|hta)$|^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(
    name,
  );
}

/** Names of streams stand in the container as UTF-16; an installer wears the same signature but none of these. */
function oldKind(bytes: Buffer): OfficeKind | null {
  const holds = (name: string) => bytes.includes(Buffer.from(`${name}\0`, 'utf16le'));
  if (MACROS.some(holds)) return null;
  return OLD_KINDS.find(([stream]) => holds(stream))?.[1] ?? null;
}
