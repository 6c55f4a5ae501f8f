// REST: incidents with personal data, whom they concern, and the notice that is owed within the law's hours.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { writeAudit } from '../http/write-audit.ts';
import { countAffected, listAffected } from './find-affected.ts';
import {
  affectedPage,
  affectedQuery,
  incidentAnswer,
  incidentChanges,
  incidentFields,
  incidentList,
  incidentNotice,
  incidentParams,
} from './incident-schema.ts';
import { changeIncident, type IncidentDeps, openIncident, readIncident, readIncidents } from './incidents.ts';
import { type NoticeDeps, writeNotice } from './write-notice.ts';

export type IncidentRouteDeps = IncidentDeps & NoticeDeps & { db: Database };

const tags = ['privacy'];

export function incidentRoutes(deps: IncidentRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    changingRoutes(app, deps);
    readingRoutes(app, deps);
    affectedRoute(app, deps);
  };
}

function changingRoutes(app: ApiScope, deps: IncidentRouteDeps): void {
  const answer = { headers: onceHeaders, response: { 200: incidentAnswer, ...errorAnswers } };
  app.post(
    '/incidents',
    {
      config: { scope: 'privacy' },
      schema: {
        tags,
        summary: 'Note that personal data was lost, changed or seen by strangers',
        description: 'The clock runs from `discoveredAt`; what is not known yet is filled in later.',
        body: incidentFields,
        ...answer,
      },
    },
    async (request) =>
      await answerOnce(deps, request, incidentAnswer, async (client) => {
        const id = await openIncident(deps, client, request.body, request.actor);
        return (await readIncident(deps, client, id)).incident;
      }),
  );
  app.patch(
    '/incidents/:id',
    {
      config: { scope: 'privacy' },
      schema: {
        tags,
        summary: 'Fill in what became known, say when the authority was told, close it',
        params: incidentParams,
        body: incidentChanges,
        ...answer,
      },
    },
    async (request) =>
      await answerOnce(deps, request, incidentAnswer, async (client) => {
        await changeIncident(deps, client, request.params.id, request.body);
        return (await readIncident(deps, client, request.params.id)).incident;
      }),
  );
}

function readingRoutes(app: ApiScope, deps: IncidentRouteDeps): void {
  app.get(
    '/incidents',
    {
      config: { scope: 'privacy' },
      schema: {
        tags,
        summary: 'Incidents, those that still must be told first',
        response: { 200: incidentList, ...errorAnswers },
      },
    },
    async () => ({ items: await readIncidents(deps, deps.db.pool) }),
  );
  app.get(
    '/incidents/:id',
    {
      config: { scope: 'privacy' },
      schema: {
        tags,
        summary: 'One incident and how much time is left',
        params: incidentParams,
        response: { 200: incidentAnswer, ...errorAnswers },
      },
    },
    async (request) => (await readIncident(deps, deps.db.pool, request.params.id)).incident,
  );
  app.get(
    '/incidents/:id/notice',
    {
      config: { scope: 'privacy' },
      schema: {
        tags,
        summary: 'The notice to print, with what is still missing',
        params: incidentParams,
        response: { 200: incidentNotice, ...errorAnswers },
      },
    },
    async (request) => writeNotice(deps, (await readIncident(deps, deps.db.pool, request.params.id)).incident),
  );
}

function affectedRoute(app: ApiScope, deps: IncidentRouteDeps): void {
  app.get(
    '/incidents/:id/customers',
    {
      config: { scope: 'privacy' },
      schema: {
        tags,
        summary: 'Whom it concerns: how many, and page by page who',
        description: 'Each page that was read leaves a row of the audit.',
        params: incidentParams,
        querystring: affectedQuery,
        response: { 200: affectedPage, ...errorAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { scope } = await readIncident(deps, deps.db.pool, id);
      const count = await countAffected(deps.db.pool, scope);
      const page = await listAffected(deps.db.pool, scope, request.query);
      await deps.db.transaction('note-affected-read', (client) =>
        writeAudit(client, {
          at: deps.clock.now(),
          actor: request.actor,
          action: 'GET /incidents/:id/customers',
          objectKind: 'incidents',
          objectId: id,
          customer: null,
          data: { items: page.items.length },
        }),
      );
      return { count, ...page };
    },
  );
}
