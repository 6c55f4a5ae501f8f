// What was changed in a setting, for the audit: fields with their values before and after; of words to customers only that
// they changed.
import type pg from 'pg';
import { writeAudit } from '../http/write-audit.ts';
import type { SettingName } from './settings-schema.ts';

type Change = { name: SettingName; before: object; after: object; by: string; now: Date };

/** Nothing when it was saved as it was. */
export async function noteSettingChange(
  client: pg.ClientBase,
  { name, before, after, by, now }: Change,
): Promise<void> {
  const was = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(after).filter(([field, to]) => JSON.stringify(was.get(field)) !== JSON.stringify(to));
  if (changed.length === 0) return;
  const isWords = name === 'out_of_hours';
  const entries = changed.map(([field, to]) => [field, isWords ? {} : { from: was.get(field) ?? null, to }]);
  const data = { changed: Object.fromEntries(entries) };
  const about = { objectKind: 'setting', objectId: name, customer: null };
  await writeAudit(client, { at: now, actor: by, action: 'PUT /settings/:name', ...about, data });
}
