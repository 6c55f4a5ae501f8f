// A key over REST.
import { z } from 'zod';
import { scopes } from '../http/api-access.ts';
import { momentAnswer, textField } from '../http/request-fields.ts';

export const keyFields = z.strictObject({
  name: textField(60)
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, 'is made of letters, digits, spaces and . _ -')
    .meta({ description: 'Whose key it is; the audit names it.', examples: ['crm'] }),
  scopes: z
    .array(z.enum(scopes))
    .min(1, 'must hold at least one scope')
    .overwrite((list) => [...new Set(list)]),
});
export type KeyFields = z.infer<typeof keyFields>;

export const keyAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().meta({ description: 'How the key begins, to tell keys apart.' }),
  scopes: z.array(z.string()),
  createdBy: z.string(),
  createdAt: momentAnswer,
  lastUsedAt: momentAnswer.nullable().meta({ description: 'To the minute.' }),
  revokedAt: momentAnswer.nullable(),
});
export type KeyAnswer = z.infer<typeof keyAnswer>;

export const newKeyAnswer = keyAnswer.extend({
  key: z.string().nullable().meta({
    description: 'The key itself, shown this once: only a hash is kept. null in the answer to a repeated request.',
  }),
});

export const keyList = z.object({ items: z.array(keyAnswer) });
