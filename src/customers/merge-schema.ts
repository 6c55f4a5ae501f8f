// Merges over REST.
import { z } from 'zod';
import { idField, momentAnswer } from '../http/request-fields.ts';

export const mergeFields = z
  .strictObject({
    other: idField.optional().meta({ description: 'externalId of the customer that goes.' }),
    otherId: z.uuid().optional().meta({ description: 'Or our own id of somebody only known from chatting.' }),
  })
  .refine(({ other, otherId }) => (other === undefined) !== (otherId === undefined), 'names either other or otherId');
export type MergeFields = z.infer<typeof mergeFields>;

const party = z.object({ id: z.uuid(), externalId: z.string().nullable() });
const counts = z.record(z.string(), z.int());

export const mergeAnswer = z.object({
  id: z.uuid().meta({ description: 'For undoing it.' }),
  staying: party,
  going: party,
  by: z.string(),
  at: momentAnswer,
  undoneAt: momentAnswer.nullable(),
  moved: counts.meta({ description: 'Rows that moved, by table.' }),
});
export type MergeAnswer = z.infer<typeof mergeAnswer>;
export const mergeList = z.object({ items: z.array(mergeAnswer) });

export const undoAnswer = mergeAnswer.extend({
  movedBack: counts.meta({ description: 'Rows that went back, by table.' }),
  stayed: z.int().meta({ description: 'Rows that had moved and belong to somebody else by now, or are gone.' }),
  note: z.string(),
});
export type UndoAnswer = z.infer<typeof undoAnswer>;
