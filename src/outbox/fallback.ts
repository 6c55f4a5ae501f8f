// The ladder below a message, as it is stored with it: what is tried, in order, when the message itself may not leave.
import { z } from 'zod';

export const storedRungSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('template'), template: z.string(), parameters: z.record(z.string(), z.string()) }),
  z.object({ do: z.literal('email'), subject: z.string(), text: z.string() }),
  z.object({ do: z.literal('task'), flow: z.string(), title: z.string() }),
]);
export type StoredRung = z.infer<typeof storedRungSchema>;

const ladderSchema = z.array(storedRungSchema);

/** What was stored; a rung that this program cannot read takes the whole ladder with it. */
export function readFallback(stored: unknown): StoredRung[] {
  return stored === null ? [] : (ladderSchema.safeParse(stored).data ?? []);
}
