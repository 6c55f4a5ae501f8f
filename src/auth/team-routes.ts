// REST: teams.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { AuthDeps } from './auth-deps.ts';
import { createTeam, deleteTeam, listTeams, renameTeam } from './save-team.ts';
import { staffParams, teamAnswer, teamFields, teamList } from './staff-schema.ts';

const config = { scope: 'staff:write' } as const;
const tags = ['staff'];
const response = { 200: teamAnswer, ...errorAnswers };

export function teamRoutes(deps: AuthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/teams',
      {
        config: { scope: 'staff:read' },
        schema: { tags, summary: 'All teams', response: { 200: teamList, ...errorAnswers } },
      },
      async () => ({ items: await listTeams(deps.db.pool) }),
    );
    makeRoute(app, deps);
    renameRoute(app, deps);
    deleteRoute(app, deps);
  };
}

function makeRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/teams',
    { config, schema: { tags, summary: 'Make a team', headers: onceHeaders, body: teamFields, response } },
    async (request) =>
      await answerOnce(deps, request, teamAnswer, (client) => createTeam(deps, client, request.body.name)),
  );
}

function renameRoute(app: ApiScope, deps: AuthDeps): void {
  app.patch(
    '/teams/:id',
    {
      config,
      schema: { tags, summary: 'Rename a team', params: staffParams, headers: onceHeaders, body: teamFields, response },
    },
    async (request) =>
      await answerOnce(deps, request, teamAnswer, (client) => renameTeam(client, request.params.id, request.body.name)),
  );
}

function deleteRoute(app: ApiScope, deps: AuthDeps): void {
  app.delete(
    '/teams/:id',
    {
      config,
      schema: { tags, summary: 'Delete a team that nobody is in', params: staffParams, headers: onceHeaders, response },
    },
    async (request) => await answerOnce(deps, request, teamAnswer, (client) => deleteTeam(client, request.params.id)),
  );
}
