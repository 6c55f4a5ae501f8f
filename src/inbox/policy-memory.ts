// The settings of the inbox as this process last read them, at most a second ago: what a turn may know of them without
// asking the database.
import type { Database } from '../database.ts';
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import { formatDateTime } from '../flows/local-time.ts';
import { addBusinessMinutes, isOpen } from './business-clock.ts';
import { businessHoursOf, type Policies, readSettings } from './inbox-settings.ts';

export type PolicyMemory = {
  read(): Promise<Policies>;
  /** What whoever calls a person at this moment is told; null = somebody is there, or nothing is to be said. */
  outOfHours(now: Date): string | null;
};

export function createPolicyMemory(deps: {
  db: Database;
  timeZone: string;
  holidays: () => Catalogue['holidays'];
}): PolicyMemory {
  let last: Policies | null = null;
  return {
    read: async () => {
      const settings = await readSettings(deps.db.pool);
      last = { settings, hours: businessHoursOf(settings, { timeZone: deps.timeZone, holidays: deps.holidays() }) };
      return last;
    },
    outOfHours: (now) => (last === null ? null : wordsAt(now, last)),
  };
}

function wordsAt(now: Date, { settings, hours }: Policies): string | null {
  const { text } = settings.out_of_hours;
  if (text === null || isOpen(now, hours)) return null;
  const opening = formatDateTime(addBusinessMinutes(now, 0, hours).getTime(), hours.timeZone);
  return text.replaceAll('{next_opening}', opening);
}
