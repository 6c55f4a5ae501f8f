// The rules of sending, made from the settings and from the catalogue of the moment.
import { defaultWindowRules } from '../channels/messaging-window.ts';
import type { Config } from '../config.ts';
import type { TemplateRegistry } from '../flows/approved-template.ts';
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import type { QuietHours } from '../flows/quiet-hours.ts';
import type { SendRules } from './may-send.ts';

type Settings = Pick<Config, 'quietHours' | 'timeZone' | 'sending'>;
type Known = { templates: TemplateRegistry; holidays: Catalogue['holidays'] };

/** Made anew only when the catalogue changes. */
export function createSendRules(config: Settings, catalogue: () => Known): () => SendRules {
  let known: Known | null = null;
  let rules: SendRules | null = null;
  return () => {
    const now = catalogue();
    if (rules !== null && known === now) return rules;
    known = now;
    rules = rulesOf(config, now);
    return rules;
  };
}

function rulesOf({ quietHours, timeZone, sending }: Settings, { templates, holidays }: Known): SendRules {
  const nightly: QuietHours = { ...quietHours, timeZone };
  const { start, end } = sending.advertisingHours;
  return {
    window: defaultWindowRules,
    quietHours: sending.holidayPause === 'all' ? { ...nightly, holidays } : nightly,
    // It rests where it may not be said: from the end of its hours to their beginning.
    advertisingRest: { start: end, end: start, timeZone, ...(sending.holidayPause === 'off' ? {} : { holidays }) },
    advertisingPerDay: sending.advertisingPerDay,
    spendLimit: sending.spendLimitPerMonth,
    templates,
  };
}
