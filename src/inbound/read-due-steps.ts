// Between a step's decision and its turn its enrolment may have ended or its journey been paused: what stands now.
import type pg from 'pg';

const READ = `
SELECT id, EXISTS (SELECT 1 FROM journey_pauses p WHERE p.journey = s.journey) AS is_paused
FROM enrolment_steps s WHERE id = ANY($1::uuid[]) AND status = 'due'`;

/** The steps that the payloads of these events name, as far as they are still due; undefined when they name none. */
export async function readDueSteps(
  client: pg.ClientBase,
  events: readonly { kind: string; payload: unknown }[],
): Promise<ReadonlyMap<string, 'due' | 'paused'> | undefined> {
  const ids = events.flatMap(({ kind, payload }) => (kind === 'flow_due' ? stepIdsIn(payload) : []));
  if (ids.length === 0) return undefined;
  const { rows } = await client.query<{ id: string; is_paused: boolean }>({
    name: 'read-due-steps',
    text: READ,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row.is_paused ? 'paused' : 'due']));
}

/** This program wrote the payload; its form is checked when it is played. */
function stepIdsIn(payload: unknown): string[] {
  if (typeof payload !== 'object' || payload === null) return [];
  const mark = 'journey' in payload ? payload.journey : null;
  const named = typeof mark === 'object' && mark !== null && 'stepId' in mark ? mark.stepId : null;
  const id = named ?? ('enrolmentId' in payload ? payload.enrolmentId : null);
  return typeof id === 'string' ? [id] : [];
}
