// The kinds of field that REST requests are made of: clean text, ids that stay strings, moments, whole đồng.
import { z } from 'zod';
import { cleanText } from '../flows/vietnamese-text.ts';

/** NFC, trimmed, without what PostgreSQL refuses. */
function tidy(text: string): string {
  return cleanText(text).trim();
}

export function textField(maxLength: number) {
  return z.string().overwrite(tidy).min(1, 'must not be empty; send null to clear it').max(maxLength);
}

/** Long numbers lose their last digits in JSON, leading zeros are lost too: an id is a string. */
type Given = { input?: unknown };
export const keepDigits = (issue: Given) =>
  typeof issue.input === 'number'
    ? 'must be a string: as a JSON number it loses leading zeros and, when long, its last digits'
    : undefined;

/** Left out quietly they would make one id of two. */
const hasNoControls = (text: string) => !/[\p{Cc}\p{Cs}]/u.test(text);

/** `complain` says what is wrong with what is no text. */
export function idFieldOf(complain: (issue: Given) => string | undefined) {
  return z
    .string({ error: complain })
    .refine(hasNoControls, 'must not hold control characters')
    .overwrite(tidy)
    .min(1, 'must not be empty')
    .max(100);
}

export const idField = idFieldOf(keepDigits).meta({
  description: "An id of the caller's own system or of a channel; always a string.",
  examples: ['KH-0001'],
});

export const digitsField = z.string({ error: keepDigits });

export const staffField = textField(100).meta({
  description: 'Name or id of the member of staff.',
  examples: ['lan.nguyen'],
});

/** What every part of the program can reckon with; 9999-12-31 is how many systems write "never". */
function isInCalendar(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return year >= 1900 && year <= 9999;
}

const NO_MOMENT = 'must be an ISO time with its zone (2026-12-01T09:00:00+07:00) or a date (2026-12-01)';

// Also on each of the two: of a text that is neither, the first one's complaint is told.
export const momentField = z
  .union([z.iso.datetime({ offset: true, error: NO_MOMENT }), z.iso.date(NO_MOMENT)], { error: NO_MOMENT })
  .refine(isInCalendar, 'must lie between the years 1900 and 9999')
  .meta({
    description:
      'ISO 8601 with zone, or a date alone: then the beginning of that day in the time zone of the business.',
    examples: ['2026-12-01T09:00:00+07:00', '2026-12-01'],
  });

export const dongField = z
  .int('must be whole đồng')
  .min(0)
  .meta({ description: 'Whole đồng.', examples: [1_299_000] });

/** Times in answers: ISO, UTC. */
export const momentAnswer = z.iso.datetime();

export const customerParams = z.object({ externalId: idField });
/** For customers by our own id: whoever only ever chatted has no other. */
export const byIdParams = z.object({ id: z.uuid() });
