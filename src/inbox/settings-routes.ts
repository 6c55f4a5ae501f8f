// REST: canned replies, and the settings of the inbox.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import type { Scripts } from '../flows/published-flow.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { type Viewer, viewerOf } from '../http/may-see.ts';
import type { NewId } from '../ids.ts';
import { listCanned, removeCanned, requireCanned, saveCanned } from './canned-replies.ts';
import { readSettings, saveSetting } from './inbox-settings.ts';
import { noteSettingChange } from './note-setting-change.ts';
import {
  cannedAnswer,
  cannedChange,
  cannedFields,
  cannedList,
  cannedParams,
  cannedQuery,
  goneAnswer,
} from './notes-schema.ts';
import { holidayList, settingAnswer, settingParams, settingSchemas } from './settings-schema.ts';

export type SettingRouteDeps = {
  db: Database;
  clock: Clock;
  newId: NewId;
  scripts: () => Scripts;
  /** What texts may read about the customer of a conversation; null = there is no such conversation. */
  factsOf: (conversationId: string) => Promise<FlowFacts | null>;
};

const reading = { scope: 'conversations:read' } as const;
const writing = { scope: 'conversations:write' } as const;

export function settingRoutes(deps: SettingRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    cannedListRoute(app, deps);
    cannedAddRoute(app, deps);
    cannedChangeRoute(app, deps);
    cannedRemoveRoute(app, deps);
    settingReadRoute(app, deps);
    holidayRoute(app, deps);
    settingWriteRoute(app, deps);
  };
}

function cannedListRoute(app: ApiScope, { db, factsOf }: SettingRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: "Canned replies: everybody's and those of your team",
    querystring: cannedQuery,
    response: { 200: cannedList, ...errorAnswers },
  };
  app.get('/canned-replies', { config: reading, schema }, async (request) => {
    const { conversationId } = request.query;
    const facts = conversationId === undefined ? null : await factsOf(conversationId);
    return { items: await listCanned(db.pool, viewerOf(request), facts) };
  });
}

function cannedAddRoute(app: ApiScope, deps: SettingRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: 'A new canned reply',
    headers: onceHeaders,
    body: cannedFields,
    response: { 200: cannedAnswer, ...errorAnswers },
  };
  app.post('/canned-replies', { config: writing, schema }, async (request) => {
    refuseForeignTeam(viewerOf(request), request.body.teamId);
    return await answerOnce(deps, request, cannedAnswer, (client) =>
      saveCanned(client, { id: deps.newId(), fields: request.body, by: request.actor, now: deps.clock.now() }),
    );
  });
}

/** Whoever sees only their team keeps replies for it, or for everybody. Throws unknown_team. */
function refuseForeignTeam({ isLimited, teamId: own }: Viewer, teamId: string | null | undefined): void {
  if (!isLimited || teamId === null || teamId === undefined || teamId === own) return;
  throw new HttpError(422, 'unknown_team', 'You are not in this team: choose yours, or none.');
}

function cannedChangeRoute(app: ApiScope, deps: SettingRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: 'Change a canned reply',
    params: cannedParams,
    headers: onceHeaders,
    body: cannedChange,
    response: { 200: cannedAnswer, ...errorAnswers },
  };
  app.patch('/canned-replies/:id', { config: writing, schema }, async (request) =>
    answerOnce(deps, request, cannedAnswer, async (client) => {
      const { id } = request.params;
      const { teamId, ...changes } = request.body;
      const before = await requireCanned(client, id);
      refuseForeignTeam(viewerOf(request), teamId);
      // A default of the schema must not move it to everybody.
      const team = isGiven(request.body, 'teamId') && teamId !== undefined ? { teamId } : {};
      const fields = { ...before, ...changes, ...team };
      return await saveCanned(client, { id, fields, by: request.actor, now: deps.clock.now() });
    }),
  );
}

function isGiven(body: object, name: string): boolean {
  return Object.hasOwn(body, name);
}

function cannedRemoveRoute(app: ApiScope, deps: SettingRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: 'Remove a canned reply',
    params: cannedParams,
    headers: onceHeaders,
    response: { 200: goneAnswer, ...errorAnswers },
  };
  app.delete('/canned-replies/:id', { config: writing, schema }, async (request) =>
    answerOnce(deps, request, goneAnswer, async (client) => {
      await removeCanned(client, request.params.id);
      return { id: request.params.id };
    }),
  );
}

const READ = 'SELECT updated_by, updated_at FROM settings WHERE name = $1';

function settingReadRoute(app: ApiScope, { db }: SettingRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: 'A setting of the inbox',
    params: settingParams,
    response: { 200: settingAnswer, ...errorAnswers },
  };
  app.get('/settings/:name', { config: { scope: 'settings:read' }, schema }, async ({ params: { name } }) => {
    const settings = await readSettings(db.pool);
    const { rows } = await db.pool.query<{ updated_by: string; updated_at: Date }>(READ, [name]);
    const [row] = rows;
    const updated = { updatedBy: row?.updated_by ?? null, updatedAt: row?.updated_at.toISOString() ?? null };
    return { name, value: settings[name], ...updated };
  });
}

function holidayRoute(app: ApiScope, { scripts }: SettingRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: 'Holidays that the catalogue names: closed whatever the setting says',
    response: { 200: holidayList, ...errorAnswers },
  };
  app.get('/settings/business_hours/holidays', { config: { scope: 'settings:read' }, schema }, async () => ({
    items: scripts().catalogue.holidays.map(({ from, to, name }) => ({ from, to, name })),
  }));
}

function settingWriteRoute(app: ApiScope, deps: SettingRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: 'Change a setting of the inbox; what is left out is the default',
    params: settingParams,
    headers: onceHeaders,
    body: z.record(z.string(), z.unknown()),
    response: { 200: settingAnswer, ...errorAnswers },
  };
  app.put('/settings/:name', { config: { scope: 'settings:write' }, schema }, async (request) => {
    const { name } = request.params;
    const parsed = settingSchemas[name].safeParse(request.body);
    if (!parsed.success) throw new HttpError(400, 'invalid_request', z.prettifyError(parsed.error));
    const now = deps.clock.now();
    return await answerOnce(deps, request, settingAnswer, async (client) => {
      const before = (await readSettings(client))[name];
      await saveSetting(client, { name, value: parsed.data, by: request.actor, now });
      await noteSettingChange(client, { name, before, after: parsed.data, by: request.actor, now });
      return { name, value: { ...parsed.data }, updatedBy: request.actor, updatedAt: now.toISOString() };
    });
  });
}
