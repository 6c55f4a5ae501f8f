// REST: journeys, who is on them, and why something was said or not.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import type { Scripts } from '../flows/published-flow.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { customerParams } from '../http/request-fields.ts';
import type { NewId } from '../ids.ts';
import type { FactsDeps } from './care-facts.ts';
import { enrolCustomer } from './enrol-by-hand.ts';
import { findMatches } from './find-matches.ts';
import {
  enrolAnswer,
  enrolFields,
  enrolmentList,
  journeyAnswer,
  journeyList,
  journeyParams,
  matchesAnswer,
  pauseFields,
} from './journey-schema.ts';
import { pauseJourney, resumeJourney } from './pause-journey.ts';
import { readEnrolments } from './read-enrolments.ts';
import { listJourneys, readJourney, requireJourney } from './read-journeys.ts';

export type JourneyRouteDeps = {
  db: Database;
  clock: Clock;
  newId: NewId;
  /** Everything that conditions of journeys may read. */
  careFacts: FactsDeps;
  scripts: () => Scripts;
  /** Rings planning and what is due. */
  onJourneysMoved: () => void;
};

const config = { scope: 'journeys' } as const;
const tags = ['journeys'];

export function journeyRoutes(deps: JourneyRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    readRoutes(app, deps);
    moveRoute(app, deps, 'pause', 'Nothing of it is started until it is resumed; nobody is dropped');
    moveRoute(app, deps, 'resume', 'It goes on; what became late runs within the hour, or is skipped with its reason');
    matchesRoute(app, deps);
    enrolmentRoutes(app, deps);
  };
}

function readRoutes(app: ApiScope, deps: JourneyRouteDeps): void {
  app.get(
    '/journeys',
    { config, schema: { tags, summary: 'All journeys', response: { 200: journeyList, ...errorAnswers } } },
    async () => ({ items: await listJourneys(deps) }),
  );
  app.get(
    '/journeys/:id',
    {
      config,
      schema: {
        tags,
        summary: 'One journey with its steps and the reasons of what was not said',
        params: journeyParams,
        response: { 200: journeyAnswer, ...errorAnswers },
      },
    },
    async (request) => await readJourney(deps, request.params.id),
  );
}

const movedSchema = z.object({ journey: z.string() });

function moveRoute(app: ApiScope, deps: JourneyRouteDeps, move: 'pause' | 'resume', summary: string): void {
  app.post(
    `/journeys/:id/${move}`,
    {
      config,
      schema: {
        tags,
        summary,
        params: journeyParams,
        headers: onceHeaders,
        body: pauseFields,
        response: { 200: journeyAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      requireJourney(deps, id);
      const moved = { journey: id, by: request.body?.by ?? request.actor };
      await answerOnce(deps, request, movedSchema, async (client) => {
        await (move === 'pause' ? pauseJourney : resumeJourney)(deps, client, moved);
        return { journey: id };
      });
      deps.onJourneysMoved();
      return await readJourney(deps, id);
    },
  );
}

function matchesRoute(app: ApiScope, deps: JourneyRouteDeps): void {
  app.get(
    '/journeys/:id/matches',
    {
      config,
      schema: {
        tags,
        summary: 'Who matches now',
        description: 'Counts everybody whom the journey is meant for at this moment, whether they are on it or not.',
        params: journeyParams,
        response: { 200: matchesAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { journey } = requireJourney(deps, request.params.id);
      return await findMatches({ ...deps, facts: deps.careFacts }, journey);
    },
  );
}

function enrolmentRoutes(app: ApiScope, deps: JourneyRouteDeps): void {
  app.post(
    '/customers/:externalId/journeys',
    {
      config,
      schema: {
        tags,
        summary: 'Put a customer on a journey',
        description:
          'The rules of the journey hold; who may not be on it is refused with the reason (409 not_enrolled).',
        params: customerParams,
        headers: onceHeaders,
        body: enrolFields,
        response: { 200: enrolAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const answer = await answerOnce(deps, request, enrolAnswer, (client) =>
        enrolCustomer({ ...deps, facts: deps.careFacts }, client, request.params.externalId, request.body),
      );
      deps.onJourneysMoved();
      return answer;
    },
  );
  app.get(
    '/customers/:externalId/enrolments',
    {
      config,
      schema: {
        tags,
        summary: "A customer's journeys: what comes when, what was said, and why not",
        params: customerParams,
        response: { 200: enrolmentList, ...errorAnswers },
      },
    },
    async (request) => {
      const { externalId } = request.params;
      const found = await readEnrolments(deps.db.pool, externalId);
      if (found) return found;
      throw new HttpError(404, 'unknown_customer', `There is no customer "${externalId}".`);
    },
  );
}
