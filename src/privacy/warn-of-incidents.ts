// The law's hours after an incident, watched: at half, four fifths and the end of the time it is said once, in the log and
// in the audit, which remembers that it was said.
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import { lockName } from '../http/answer-once.ts';
import { writeAudit } from '../http/write-audit.ts';
import type { IncidentAnswer } from './incident-schema.ts';
import { type IncidentDeps, readIncidents } from './incidents.ts';

const SAID = `SELECT 1 FROM audit_entries WHERE action = $1 AND object_id = $2 AND data ->> 'usedUp' = $3 LIMIT 1`;
const ACTION = 'incident_deadline_warning';

/** Answers how many warnings were given. */
export async function warnOfIncidents(
  deps: IncidentDeps & { log: Pick<Logger, 'warn' | 'error'> },
  db: Database,
): Promise<number> {
  const due = (await readIncidents(deps, db.pool)).filter(({ warning }) => warning !== null);
  let count = 0;
  for (const incident of due) count += (await warnOnce(deps, db, incident)) ? 1 : 0;
  return count;
}

async function warnOnce(
  { clock, log }: IncidentDeps & { log: Pick<Logger, 'warn' | 'error'> },
  db: Database,
  { id, warning, notifyDueAt, hoursLeft }: IncidentAnswer,
): Promise<boolean> {
  const level = `${Math.round((warning ?? 0) * 100)}%`;
  const isNew = await db.transaction('warn-of-incident', async (client) => {
    await lockName(client, `${ACTION}:${id}`);
    const said = await client.query(SAID, [ACTION, id, level]);
    if (said.rows.length > 0) return false;
    const data = { usedUp: level, notifyDueAt };
    const entry = { at: clock.now(), actor: 'system', action: ACTION, objectKind: 'incidents', objectId: id };
    await writeAudit(client, { ...entry, customer: null, data });
    return true;
  });
  if (!isNew) return false;
  const facts = { incident: id, usedUp: level, notifyDueAt, hoursLeft };
  const cure = `tell the authority and note it with PATCH /api/v1/incidents/${id} (notifiedAt)`;
  if (warning === 1) log.error(facts, `the time to tell the authority of an incident is over: ${cure}`);
  else log.warn(facts, `the time to tell the authority of an incident is running out: ${cure}`);
  return true;
}
