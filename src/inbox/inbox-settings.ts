// Reading and keeping the settings of the inbox. What was never set, or cannot be read any more, is the default.
import type pg from 'pg';
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import type { BusinessHours } from './business-clock.ts';
import { type InboxSettings, type SettingName, settingSchemas } from './settings-schema.ts';

export type Policies = { settings: InboxSettings; hours: BusinessHours };

type Client = pg.ClientBase | pg.Pool;

/** All of them, in one statement. */
export async function readSettings(client: Client): Promise<InboxSettings> {
  const { rows } = await client.query<{ name: string; value: unknown }>({
    name: 'read-settings',
    text: 'SELECT name, value FROM settings',
  });
  const stored = new Map(rows.map(({ name, value }) => [name, value]));
  return {
    business_hours: read('business_hours', stored),
    sla: read('sla', stored),
    idle_policy: read('idle_policy', stored),
    out_of_hours: read('out_of_hours', stored),
    assignment: read('assignment', stored),
    team_visibility: read('team_visibility', stored),
  };
}

function read<Name extends SettingName>(name: Name, stored: ReadonlyMap<string, unknown>): InboxSettings[Name] {
  const schema = settingSchemas[name];
  const parsed = schema.safeParse(stored.get(name) ?? {});
  // The schema of this very name: TypeScript cannot tie an indexed schema to its own output.
  return (parsed.success ? parsed.data : schema.parse({})) as InboxSettings[Name];
}

/** In the words of the clock of the business; the catalogue's holidays count as well. */
export function businessHoursOf(
  { business_hours: set }: Pick<InboxSettings, 'business_hours'>,
  { timeZone, holidays }: { timeZone: string; holidays: Catalogue['holidays'] },
): BusinessHours {
  const { sun, mon, tue, wed, thu, fri, sat } = set;
  return { timeZone, week: [sun, mon, tue, wed, thu, fri, sat], holidays: [...holidays, ...set.holidays] };
}

export async function saveSetting(
  client: Client,
  setting: { name: SettingName; value: object; by: string; now: Date },
): Promise<void> {
  await client.query(
    `INSERT INTO settings (name, value, updated_by, updated_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
    [setting.name, JSON.stringify(setting.value), setting.by, setting.now],
  );
}
