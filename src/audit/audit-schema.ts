// A row of the audit as REST shows it.
import { z } from 'zod';
import { pageQuery, pageSchema } from '../http/page.ts';
import { idField, momentAnswer, momentField, textField } from '../http/request-fields.ts';

export const auditAnswer = z.object({
  id: z.string().meta({ description: 'Grows with every row.' }),
  at: momentAnswer,
  actor: z.string().meta({ examples: ['api_key:crm'] }),
  action: z.string().meta({ examples: ['PUT /customers/:externalId'] }),
  objectKind: z.string().nullable(),
  objectId: z.string().nullable(),
  customer: z.string().nullable().meta({ description: 'externalId of the customer concerned, when there is one.' }),
  data: z.record(z.string(), z.unknown()).meta({ description: 'Names of the fields sent; never what stood in them.' }),
});
export type AuditAnswer = z.infer<typeof auditAnswer>;

export const auditPage = pageSchema(auditAnswer);

export const auditQuery = pageQuery.extend({
  actor: textField(100).optional(),
  action: textField(100).optional(),
  customer: idField.optional().meta({ description: 'externalId of a customer.' }),
  since: momentField.optional(),
  until: momentField.optional().meta({ description: 'Rows before this moment.' }),
});
export type AuditQuery = z.infer<typeof auditQuery>;
