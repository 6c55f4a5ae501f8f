// REST: tasks.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { viewerOf } from '../http/may-see.ts';
import { changeTask, endTask, openTask, requireTask, type TaskDeps } from './change-tasks.ts';
import { listTasks } from './read-work.ts';
import { endFields, taskAnswer, taskFields, taskPage, taskQuery } from './task-schema.ts';
import { changeFields, workParams } from './work-fields.ts';

export type TaskRouteDeps = TaskDeps & { db: Database };

const read = { scope: 'conversations:read' } as const;
const write = { scope: 'conversations:write' } as const;
const response = { 200: taskAnswer, ...errorAnswers };
const changing = { tags: ['work'], headers: onceHeaders, response };

export function taskRoutes(deps: TaskRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    readRoutes(app, deps);
    changeRoutes(app, deps);
    endRoute(app, deps, 'done', 'It is done, and what came of it');
    endRoute(app, deps, 'cancel', 'It need not be done any more');
  };
}

function readRoutes(app: ApiScope, deps: TaskRouteDeps): void {
  app.get(
    '/tasks',
    {
      config: read,
      schema: {
        tags: ['work'],
        summary: 'Tasks, the most urgent first',
        querystring: taskQuery,
        response: { 200: taskPage, ...errorAnswers },
      },
    },
    async (request) => await listTasks(deps, request.query, viewerOf(request)),
  );
  app.get(
    '/tasks/:id',
    { config: read, schema: { tags: ['work'], summary: 'One task', params: workParams, response } },
    async (request) => await requireTask(deps.db.pool, request.params.id),
  );
}

function changeRoutes(app: ApiScope, deps: TaskRouteDeps): void {
  app.post(
    '/tasks',
    { config: write, schema: { ...changing, summary: 'Make a task', body: taskFields } },
    async (request) => await answerOnce(deps, request, taskAnswer, (client) => openTask(deps, client, request.body)),
  );
  app.put(
    '/tasks/:id',
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
      await answerOnce(deps, request, taskAnswer, (client) =>
        changeTask(deps, client, request.params.id, request.body),
      ),
  );
}

function endRoute(app: ApiScope, deps: TaskRouteDeps, act: 'done' | 'cancel', summary: string): void {
  const status = act === 'done' ? 'done' : 'cancelled';
  app.post(
    `/tasks/:id/${act}`,
    { config: write, schema: { ...changing, summary, params: workParams, body: endFields } },
    async (request) =>
      await answerOnce(deps, request, taskAnswer, (client) =>
        endTask(deps, client, request.params.id, { ...request.body, status }),
      ),
  );
}
