// REST: cases.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { viewerOf } from '../http/may-see.ts';
import { caseAnswer, caseFields, casePage, caseQuery, closeFields, reopenFields } from './case-schema.ts';
import { type CaseDeps, changeCase, closeCase, openCase, reopenCase, requireCase } from './change-cases.ts';
import { listCases } from './read-work.ts';
import { changeFields, workParams } from './work-fields.ts';

export type CaseRouteDeps = CaseDeps & { db: Database };

const read = { scope: 'conversations:read' } as const;
const write = { scope: 'conversations:write' } as const;
const response = { 200: caseAnswer, ...errorAnswers };
const changing = { tags: ['work'], headers: onceHeaders, response };

export function caseRoutes(deps: CaseRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    readRoutes(app, deps);
    openRoute(app, deps);
    changeRoutes(app, deps);
  };
}

function readRoutes(app: ApiScope, deps: CaseRouteDeps): void {
  app.get(
    '/cases',
    {
      config: read,
      schema: {
        tags: ['work'],
        summary: 'Cases, the most urgent first',
        querystring: caseQuery,
        response: { 200: casePage, ...errorAnswers },
      },
    },
    async (request) => await listCases(deps, request.query, viewerOf(request)),
  );
  app.get(
    '/cases/:id',
    { config: read, schema: { tags: ['work'], summary: 'One case', params: workParams, response } },
    async (request) => await requireCase(deps.db.pool, request.params.id),
  );
}

function openRoute(app: ApiScope, deps: CaseRouteDeps): void {
  app.post(
    '/cases',
    { config: write, schema: { ...changing, summary: 'Open a case', body: caseFields } },
    async (request) => await answerOnce(deps, request, caseAnswer, (client) => openCase(deps, client, request.body)),
  );
}

function changeRoutes(app: ApiScope, deps: CaseRouteDeps): void {
  app.put(
    '/cases/:id',
    {
      config: write,
      schema: {
        ...changing,
        summary: 'Give it to somebody, or set its deadline',
        params: workParams,
        body: changeFields,
      },
    },
    async (request) =>
      await answerOnce(deps, request, caseAnswer, (client) =>
        changeCase(deps, client, request.params.id, request.body),
      ),
  );
  app.post(
    '/cases/:id/close',
    {
      config: write,
      schema: {
        ...changing,
        summary: 'Close it with what was done',
        description: 'Journeys may tell the customer the outcome and ask again (`case_closed`).',
        params: workParams,
        body: closeFields,
      },
    },
    async (request) =>
      await answerOnce(deps, request, caseAnswer, (client) => closeCase(deps, client, request.params.id, request.body)),
  );
  app.post(
    '/cases/:id/reopen',
    {
      config: write,
      schema: { ...changing, summary: 'It was not mended after all', params: workParams, body: reopenFields },
    },
    async (request) =>
      await answerOnce(deps, request, caseAnswer, (client) =>
        reopenCase(deps, client, request.params.id, request.body),
      ),
  );
}
