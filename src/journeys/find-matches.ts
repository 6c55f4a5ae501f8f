// "Who matches now?", before a journey is switched on: everybody is looked at, a batch at a time, nothing is written.

import { type Clock, SECOND_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { namesIn } from '../flows/checks/condition-findings.ts';
import { factsScope, holds } from '../flows/condition.ts';
import type { CareState, Subject } from '../flows/journeys/care-state.ts';
import { anchorNow } from '../flows/journeys/find-anchor.ts';
import type { Journey } from '../flows/journeys/journey.ts';
import { journeyScope } from '../flows/journeys/journey-scope.ts';
import { nameReader } from '../flows/run-scope.ts';
import type { FactsDeps } from './care-facts.ts';
import type { MatchesAnswer } from './journey-schema.ts';
import { readCareStates } from './read-care-states.ts';

const BATCH = 500;
const SHOWN = 50;

/** Stops after `forMs`, and says so. */
export async function findMatches(
  { db, clock, facts }: { db: Database; clock: Clock; facts: FactsDeps },
  journey: Journey,
  { forMs = 20 * SECOND_MS }: { forMs?: number } = {},
): Promise<MatchesAnswer> {
  const now = clock.now();
  const answer: MatchesAnswer = { journey: journey.id, count: 0, examined: 0, isComplete: false, matches: [] };
  for (let after = '00000000-0000-0000-0000-000000000000'; clock.now().getTime() - now.getTime() <= forMs; ) {
    const batch = await readBatch(db, after, { now, facts });
    const last = batch.at(-1);
    if (!last) return { ...answer, isComplete: true };
    after = last.id;
    for (const { state, externalId } of batch) {
      answer.examined += 1;
      for (const subject of matching(journey, state, { now, timeZone: facts.timeZone })) {
        answer.count += 1;
        const match = { customer: externalId, for: nameOf(subject), facts: factsBehind(journey, subject, now) };
        if (answer.matches.length < SHOWN) answer.matches.push(match);
      }
    }
  }
  return answer;
}

async function readBatch(db: Database, after: string, { now, facts }: { now: Date; facts: FactsDeps }) {
  return await db.reading(async (client) => {
    const { rows } = await client.query<{ id: string; external_id: string | null }>(
      'SELECT id, external_id FROM customers WHERE id > $1 ORDER BY id LIMIT $2',
      [after, BATCH],
    );
    const cares = await readCareStates(
      client,
      rows.map(({ id }) => id),
      { now, facts },
    );
    const byId = new Map(cares.map(({ state }) => [state.customerId, state]));
    return rows.flatMap(({ id, external_id: externalId }) => {
      const state = byId.get(id);
      return state ? [{ id, externalId, state }] : [];
    });
  });
}

/** Whom it is meant for now, whether they are in already or not. */
function matching(journey: Journey, state: CareState, at: { now: Date; timeZone: string }): Subject[] {
  if (state.isOptedOut && journey.purpose !== 'service') return [];
  const { trigger } = journey;
  return state.subjects.filter((subject) => {
    if (subject.kind !== journey.subject) return false;
    const scope = journeyScope(subject, at.now);
    if (!holds(journey.audience, scope)) return false;
    if (trigger.on === 'segment') return holds(trigger.when, scope) === (trigger.edge === 'enters');
    const isDated = trigger.on === 'date' || trigger.on === 'no_activity';
    return !isDated || anchorNow(journey, subject, state, at) !== null;
  });
}

function factsBehind(journey: Journey, subject: Subject, now: Date): Record<string, unknown> {
  const { trigger, audience } = journey;
  const conditions = [trigger.on === 'segment' ? trigger.when.text : null, audience?.text ?? null];
  const asked = conditions.flatMap((text) => (text === null ? [] : namesIn(text).map(({ name }) => name)));
  const names = trigger.on === 'date' ? [trigger.field, ...asked] : asked;
  const scope = factsScope(journeyScope(subject, now).facts);
  return Object.fromEntries(names.map((name) => [name, nameReader(name, new Set())?.(scope) ?? null]));
}

function nameOf({ kind, id, facts }: Subject): string {
  if (kind === 'subscription') return facts.subscription?.id ?? id;
  if (kind === 'order') return facts.order?.id ?? id;
  return id;
}
