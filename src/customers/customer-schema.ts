// A customer over REST: what may be sent, what is answered.
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { digitsField, idFieldOf, keepDigits, momentAnswer, momentField, textField } from '../http/request-fields.ts';
import { normalisePhone } from './normalise-phone.ts';

const phoneField = digitsField
  .overwrite((text) => normalisePhone(text) ?? text)
  .refine((text) => normalisePhone(text) !== null, {
    error: 'is not a phone number; write it as 0912345678, 84912345678 or +84912345678',
  })
  .meta({ description: '0…, 84… or +84…; kept as 84….', examples: ['0912345678'] });

const attributeName = z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'names are lower snake_case, at most 60 characters');
const attributeValue = z.union([z.string().max(2000), z.number(), z.boolean()], {
  error: 'must be a text, a number or true/false (null removes it)',
});

export const consentFields = z.strictObject({
  purpose: z
    .string()
    .regex(/^[a-z][a-z_]{0,39}$/, 'is lower snake_case: advertising, all, …')
    .meta({
      description: '"advertising" for selling messages, "all" for everything unasked; others are kept as proof.',
    }),
  channel: z.enum(['zalo', 'messenger', 'phone', 'email', '*']).default('*'),
  granted: z.boolean(),
  source: textField(100)
    .default('api')
    .meta({ description: 'Where they said so.', examples: ['hop-dong-2026'] }),
  wording: textField(2000).nullish().meta({ description: 'The words they agreed to.' }),
  at: momentField.optional().meta({ description: 'When they said so; now when left out.' }),
});
export type ConsentFields = z.infer<typeof consentFields>;

const identityField = idFieldOf((issue) =>
  issue.input === null
    ? 'cannot be cleared: an identity stays with its customer (leave the field out to keep it as it is)'
    : keepDigits(issue),
)
  .optional()
  .meta({ description: "The person's id on the account that is configured here; it cannot be cleared." });

export const customerFields = z
  .strictObject({
    name: textField(200).nullish(),
    formOfAddress: textField(20)
      .nullish()
      .meta({ description: 'How to speak to them.', examples: ['chị'] }),
    phone: phoneField.nullish(),
    email: textField(200).check(z.email()).nullish(),
    industry: textField(100).nullish(),
    role: textField(100).nullish(),
    tags: z.array(textField(60)).max(100).nullish(),
    language: z
      .string()
      .regex(/^[a-z]{2}$/, 'is a two-letter code: vi, en')
      .nullish(),
    attributes: z
      .record(attributeName, attributeValue.nullable())
      .nullish()
      .meta({ description: 'Merged name by name; null as a value removes that one, null as a whole removes all.' }),
    identities: z
      .strictObject({ zalo: identityField, messenger: identityField })
      .optional()
      .meta({ description: 'Whoever has already chatted with this id becomes this customer; nothing is doubled.' }),
    consents: z.array(consentFields).max(50).optional(),
  })
  .meta({ description: 'Fields left out stay as they are; null clears a field.' });
export type CustomerFields = z.infer<typeof customerFields>;

export const customerAnswer = z.object({
  id: z.uuid(),
  externalId: z.string().nullable(),
  name: z.string().nullable(),
  formOfAddress: z.string().nullable(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  industry: z.string().nullable(),
  role: z.string().nullable(),
  tags: z.array(z.string()),
  language: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  identities: z
    .object({ zalo: z.string().nullable(), messenger: z.string().nullable() })
    .meta({ description: 'Per channel the id that was active last.' }),
  channelIdentities: z.array(
    z.object({
      id: z.uuid(),
      channel: channelNameSchema,
      accountId: z.string(),
      peerId: z.string(),
      displayName: z.string().nullable(),
      lastInteractionAt: momentAnswer.nullable(),
    }),
  ),
  consents: z
    .array(
      z.object({
        purpose: z.string(),
        channel: z.string(),
        granted: z.boolean(),
        source: z.string(),
        wording: z.string().nullable(),
        at: momentAnswer,
      }),
    )
    .meta({ description: 'The newest word for each purpose and channel: the one that holds.' }),
  optedOutAt: momentAnswer.nullable(),
  createdAt: momentAnswer,
  updatedAt: momentAnswer,
});
export type CustomerAnswer = z.infer<typeof customerAnswer>;
