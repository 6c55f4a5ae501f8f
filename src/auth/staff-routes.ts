// REST: staff, managed by admins.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { AuthDeps } from './auth-deps.ts';
import { handOutLink, hidden, shown } from './hand-out-link.ts';
import { listStaff } from './read-staff.ts';
import { changeStaff, createStaff, disableStaff, enableStaff } from './save-staff.ts';
import { makeLink, type NewLink } from './staff-links.ts';
import {
  linkAnswer,
  newStaffAnswer,
  newStaffFields,
  staffAnswer,
  staffFields,
  staffList,
  staffParams,
} from './staff-schema.ts';

const config = { scope: 'staff:write' } as const;
const tags = ['staff'];
const onePerson = { tags, params: staffParams, headers: onceHeaders };

export function staffRoutes(deps: AuthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    listRoute(app, deps);
    makeRoute(app, deps);
    changeRoute(app, deps);
    linkRoute(app, deps, 'invite');
    linkRoute(app, deps, 'reset');
    disableRoute(app, deps);
    enableRoute(app, deps);
  };
}

function listRoute(app: ApiScope, deps: AuthDeps): void {
  app.get(
    '/staff',
    {
      config: { scope: 'staff:read' },
      schema: { tags, summary: 'All staff', response: { 200: staffList, ...errorAnswers } },
    },
    async () => ({ items: await listStaff(deps.db.pool) }),
  );
}

function makeRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/staff',
    {
      config,
      schema: {
        tags,
        summary: 'Invite somebody',
        description: 'The link is valid for 48 hours and once. Until it is used nobody can sign in with this e-mail.',
        headers: onceHeaders,
        body: newStaffFields,
        response: { 200: newStaffAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const given: NewLink[] = [];
      const answer = await answerOnce(deps, request, newStaffAnswer, async (client) => {
        const staff = await createStaff(deps, client, request.body, request.scopes);
        const link = await makeLink(deps, client, { staffId: staff.id, kind: 'invite', by: request.actor });
        given.splice(0, given.length, link);
        return { ...staff, link: hidden(link) };
      });
      const [link] = given;
      return link ? { ...answer, link: await shown(deps, answer, link) } : answer;
    },
  );
}

function changeRoute(app: ApiScope, deps: AuthDeps): void {
  app.patch(
    '/staff/:id',
    {
      config,
      schema: {
        ...onePerson,
        summary: 'Change somebody; another role ends their sessions',
        body: staffFields,
        response: { 200: staffAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const change = { fields: request.body, held: request.scopes };
      const answer = await answerOnce(deps, request, staffAnswer, (client) =>
        changeStaff(deps, client, request.params.id, change),
      );
      deps.watch.ring();
      return answer;
    },
  );
}

function linkRoute(app: ApiScope, deps: AuthDeps, kind: 'invite' | 'reset'): void {
  const summary = { invite: 'A new invitation, for 48 hours', reset: 'A link to a new password, for 10 minutes' }[kind];
  app.post(
    `/staff/:id/${kind}`,
    { config, schema: { ...onePerson, summary, response: { 200: linkAnswer, ...errorAnswers } } },
    async (request) => await handOutLink(deps, request, { staffId: request.params.id, kind }),
  );
}

function disableRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/staff/:id/disable',
    {
      config,
      schema: {
        ...onePerson,
        summary: 'Put somebody out at once, everywhere',
        response: { 200: staffAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const answer = await answerOnce(deps, request, staffAnswer, (client) =>
        disableStaff(deps, client, request.params.id, request.scopes),
      );
      deps.watch.ring();
      return answer;
    },
  );
}

function enableRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/staff/:id/enable',
    {
      config,
      schema: {
        ...onePerson,
        summary: 'Let somebody in again who was disabled',
        response: { 200: staffAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, staffAnswer, (client) => enableStaff(client, request.params.id, request.scopes)),
  );
}
