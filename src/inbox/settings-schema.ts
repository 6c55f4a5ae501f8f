// Settings of the inbox that staff change while the program runs: each with its shape and what holds until somebody says.
import { z } from 'zod';
import { momentAnswer, textField } from '../http/request-fields.ts';

const clockTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must look like 08:00');
const openSpan = z
  .strictObject({ from: clockTime, to: clockTime })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'must be later than from' });
const openDay = z
  .array(openSpan)
  .max(6)
  .refine((spans) => spans.every((span, n) => n === 0 || (spans[n - 1]?.to ?? '') <= span.from), {
    error: 'spans must follow each other and not overlap',
  });
const holiday = z
  .strictObject({ from: z.iso.date(), to: z.iso.date(), name: textField(100) })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before from' });

export const holidayList = z.object({
  items: z.array(z.object({ from: z.string(), to: z.string(), name: z.string() })),
});

const WORKDAY = [{ from: '08:00', to: '18:00' }];

export const businessHoursSetting = z
  .strictObject({
    mon: openDay.default(WORKDAY),
    tue: openDay.default(WORKDAY),
    wed: openDay.default(WORKDAY),
    thu: openDay.default(WORKDAY),
    fri: openDay.default(WORKDAY),
    sat: openDay.default(WORKDAY),
    sun: openDay.default([]),
    holidays: z.array(holiday).max(200).default([]).meta({ description: 'Besides those of the catalogue.' }),
  })
  .meta({ description: 'When somebody is there, on the wall clock of the business; an empty day is closed.' });

const workMinutes = z.int().min(1).max(60_000);
export const slaSetting = z.strictObject({
  replyMinutes: workMinutes.default(30).meta({ description: 'First word of a person, in open minutes.' }),
  resolveMinutes: workMinutes.default(8 * 60).meta({ description: 'Done, in open minutes.' }),
  warnMinutes: z.int().min(0).max(60_000).default(10).meta({ description: 'So long before a deadline it is shown.' }),
});

export const idlePolicySetting = z.strictObject({
  to: z.enum(['off', 'queue', 'bot']).default('queue').meta({
    description: 'What becomes of a conversation that its owner is silent in. The bot goes on at the asked question.',
  }),
  minutes: workMinutes.default(120).meta({ description: 'So many open minutes without a word of staff.' }),
  evenWhileWaiting: z.boolean().default(false).meta({
    description: 'To the bot also when the customer still waits for an answer; else such a one goes to the queue.',
  }),
});

export const outOfHoursSetting = z.strictObject({
  text: textField(1_000)
    .nullable()
    .default('Dạ hiện ngoài giờ làm việc, nhân viên bên em sẽ trả lời anh/chị từ {next_opening}. Em cảm ơn anh/chị ạ!')
    .meta({ description: 'Added to the line that hands over outside business hours; null = nothing.' }),
});

export const assignmentSetting = z.strictObject({
  mode: z
    .enum(['off', 'on'])
    .default('off')
    .meta({ description: 'On: whoever fits best gets it when it is handed over.' }),
  onlineMinutes: z.int().min(1).max(1_440).default(10).meta({ description: 'Seen so lately counts as online.' }),
});

export const teamVisibilitySetting = z.strictObject({
  mode: z.enum(['own_team', 'open']).default('own_team').meta({
    description: 'Whether agents see conversations and customers of other teams; whoever manages always does.',
  }),
});

/** Name → shape. `parse({})` gives what holds until somebody says otherwise. */
export const settingSchemas = {
  business_hours: businessHoursSetting,
  sla: slaSetting,
  idle_policy: idlePolicySetting,
  out_of_hours: outOfHoursSetting,
  assignment: assignmentSetting,
  team_visibility: teamVisibilitySetting,
} as const;
export type SettingName = keyof typeof settingSchemas;
export type InboxSettings = { [Name in SettingName]: z.infer<(typeof settingSchemas)[Name]> };

export const settingNames = z.enum([
  'business_hours',
  'sla',
  'idle_policy',
  'out_of_hours',
  'assignment',
  'team_visibility',
]);
export const settingParams = z.object({ name: settingNames });
export const settingAnswer = z.object({
  name: settingNames,
  value: z.record(z.string(), z.unknown()),
  updatedBy: z.string().nullable(),
  updatedAt: momentAnswer.nullable().meta({ description: 'null = nobody changed it yet.' }),
});
