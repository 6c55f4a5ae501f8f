// An agent's button, or another system: this customer shall go this journey. The same rules hold as for those who come
// in by themselves; who may not is refused with the reason.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import type { Subject } from '../flows/journeys/care-state.ts';
import type { Journey } from '../flows/journeys/journey.ts';
import { enrolByHand } from '../flows/journeys/plan-customer.ts';
import type { Scripts } from '../flows/published-flow.ts';
import type { NewId } from '../ids.ts';
import type { FactsDeps } from './care-facts.ts';
import type { EnrolFields } from './journey-schema.ts';
import { readCareStates } from './read-care-states.ts';
import { requireJourney } from './read-journeys.ts';
import { savePlan } from './save-plan.ts';

export type EnrolDeps = { clock: Clock; newId: NewId; facts: FactsDeps; scripts: () => Scripts };

/** In the caller's transaction. Throws unknown_customer, unknown_journey, unknown_subscription, subject_missing, not_enrolled. */
export async function enrolCustomer(
  deps: EnrolDeps,
  client: pg.ClientBase,
  externalId: string,
  fields: EnrolFields,
): Promise<{ enrolment: string; journey: string; steps: number }> {
  const { journey } = requireJourney(deps, fields.journey);
  const customerId = await lockCustomer(client, externalId);
  const now = deps.clock.now();
  const [care] = await readCareStates(client, [customerId], { now, facts: deps.facts });
  if (!care) throw unknownCustomer(externalId);
  const subject = chooseSubject(journey, care.state.subjects, fields.subscription);
  const answer = enrolByHand(journey, subject, care.state, { now, timeZone: deps.facts.timeZone });
  if ('refused' in answer) throw new HttpError(409, 'not_enrolled', answer.refused, { journey: journey.id });
  await savePlan(client, { now, newId: deps.newId }, [{ customerId, changes: [answer.change], isSweep: false }]);
  const { rows } = await client.query<{ id: string; steps: number }>(
    `SELECT e.id, (SELECT count(*)::int FROM enrolment_steps s WHERE s.enrolment_id = e.id) AS steps
     FROM enrolments e WHERE journey = $1 AND subject_id = $2 AND status = 'active'`,
    [journey.id, subject.id],
  );
  return { enrolment: rows[0]?.id ?? '', journey: journey.id, steps: rows[0]?.steps ?? 0 };
}

async function lockCustomer(client: pg.ClientBase, externalId: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM customers WHERE external_id = $1 FOR NO KEY UPDATE',
    [externalId],
  );
  const [row] = rows;
  if (row) return row.id;
  throw unknownCustomer(externalId);
}

function unknownCustomer(externalId: string): HttpError {
  return new HttpError(404, 'unknown_customer', `There is no customer "${externalId}".`);
}

/** The subscription that was named; else the only thing that the journey can be for. */
function chooseSubject(journey: Journey, all: readonly Subject[], subscription: string | undefined): Subject {
  const fitting = all.filter(({ kind }) => kind === journey.subject);
  if (subscription !== undefined) {
    const named = fitting.find(
      ({ facts }) => journey.subject === 'subscription' && facts.subscription?.id === subscription,
    );
    if (named) return named;
    throw new HttpError(
      422,
      'unknown_subscription',
      `This journey finds no subscription "${subscription}" of this customer.`,
    );
  }
  const [only, ...others] = fitting;
  if (only && others.length === 0) return only;
  const message = only
    ? `The customer has ${fitting.length} of "${journey.subject}": name the subscription.`
    : `The journey is for a ${journey.subject}, and the customer has none.`;
  throw new HttpError(422, 'subject_missing', message, { for: journey.subject });
}
