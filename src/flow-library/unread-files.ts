// Files that somebody wrote for this folder and that nobody reads, because of their name or place: a Notepad's ".txt", a
// ".yml", a flow among the journeys. Silence would be taken for consent.
import type { Problem } from '../flows/problem.ts';

const YAML = /^(?<stem>.+?)(?:\.(?<kind>flow|journey|test))?\.ya?ml(?:\.txt)?$/i;
const GUIDE = /^(?<stem>.+?)\.(?:md|markdown)(?:\.txt)?$/i;

/** Where the file would be read, or null when it is none of ours. `path` is relative to the flows folder, with "/". */
export function readPlaceOf(path: string): string | null {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  const folder = parts.length > 1 ? (parts[0] ?? '') : '';
  if (parts.some((part) => part.startsWith('.')) || name === 'README.md') return null;
  const guide = folder === 'guides' ? GUIDE.exec(name)?.groups : undefined;
  if (guide) return `guides/${guide.stem}.md`;
  const found = YAML.exec(name)?.groups;
  return found?.stem === undefined ? null : placeOf(folder, found.stem, found.kind?.toLowerCase());
}

function placeOf(folder: string, stem: string, kind: string | undefined): string {
  if (kind === undefined && folder === 'catalogue') return `catalogue/${stem}.yaml`;
  const isJourney = kind === 'journey' || (folder === 'journeys' && kind !== 'flow');
  return isJourney ? `journeys/${stem}.${kind ?? 'journey'}.yaml` : `${stem}.${kind ?? 'flow'}.yaml`;
}

/** A reminder for each; what is read lies where it would be read. */
export function remindOfUnread(paths: readonly string[]): Problem[] {
  return paths.map((file) => ({
    code: 'unread_file',
    severity: 'warning',
    file,
    line: 1,
    column: 1,
    step: null,
    message: 'File này không được đọc: tên hoặc chỗ đặt không đúng nên bot không dùng nội dung trong đó.',
    fix: `Đổi thành "${readPlaceOf(file) ?? file}"; không dùng nữa thì chuyển ra khỏi thư mục này.`,
  }));
}
