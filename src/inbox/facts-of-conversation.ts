// What canned replies may read about the customer of a conversation: the same words as flows and journeys.
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import type { FactsDeps } from '../journeys/care-facts.ts';
import { readCareStates } from '../journeys/read-care-states.ts';

export type FactsOfDeps = { db: Database; clock: Clock; careFacts: FactsDeps };

/** null when there is no such conversation. */
export async function factsOfConversation(
  { db, clock, careFacts }: FactsOfDeps,
  conversationId: string,
): Promise<FlowFacts | null> {
  return await db.reading(async (client) => {
    const { rows } = await client.query<{ customer_id: string }>(
      'SELECT customer_id FROM conversations WHERE id = $1',
      [conversationId],
    );
    const [row] = rows;
    if (!row) return null;
    const [care] = await readCareStates(client, [row.customer_id], { now: clock.now(), facts: careFacts });
    return care?.state.subjects[0]?.facts ?? null;
  });
}
