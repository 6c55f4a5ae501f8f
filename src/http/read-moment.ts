// Times as integrators write them become moments; a date alone means that day where the business is.
import { momentOf } from '../flows/local-time.ts';

/** Takes what `momentField` let through. */
export function readMoment(text: string, timeZone: string): Date {
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!date) return new Date(text);
  const [year = 0, month = 1, day = 1] = date.slice(1).map(Number);
  return new Date(momentOf({ year, month, day, hour: 0, minute: 0 }, timeZone));
}

/** Three-valued fields: undefined = leave, null = clear. */
export function readMomentChange(text: string | null | undefined, timeZone: string): Date | null | undefined {
  return typeof text === 'string' ? readMoment(text, timeZone) : text;
}
