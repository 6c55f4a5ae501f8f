// REST: keys.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { NewId } from '../ids.ts';
import { keyAnswer, keyFields, keyList, newKeyAnswer } from './key-schema.ts';
import { listKeys, newKey, revokeKey, storeKey } from './make-key.ts';

export type KeyRouteDeps = { db: Database; clock: Clock; newId: NewId };

const config = { scope: 'keys' } as const;

export function keyRoutes(deps: KeyRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    makeRoute(app, deps);
    listRoute(app, deps);
    revokeRoute(app, deps);
  };
}

function makeRoute(app: ApiScope, deps: KeyRouteDeps): void {
  app.post(
    '/keys',
    {
      config,
      schema: {
        tags: ['keys'],
        summary: 'Make a key for an integrator',
        description: 'The key is shown in this answer and never again. A key can only give scopes that it has itself.',
        headers: onceHeaders,
        body: keyFields,
        response: { 200: newKeyAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const key = newKey();
      const given = { key, by: request.actor, held: request.scopes };
      let isNew = false;
      // Remembered without the key: what is kept for repeats must not open the door.
      const answer = await answerOnce(deps, request, newKeyAnswer, async (client) => {
        const stored = await storeKey(deps, client, request.body, given);
        isNew = true;
        return { ...stored, key: null };
      });
      return { ...answer, key: isNew ? key : null };
    },
  );
}

function listRoute(app: ApiScope, deps: KeyRouteDeps): void {
  app.get(
    '/keys',
    {
      config,
      schema: { tags: ['keys'], summary: 'All keys, newest first', response: { 200: keyList, ...errorAnswers } },
    },
    async () => ({ items: await listKeys(deps.db.pool) }),
  );
}

function revokeRoute(app: ApiScope, deps: KeyRouteDeps): void {
  app.delete(
    '/keys/:id',
    {
      config,
      schema: {
        tags: ['keys'],
        summary: 'Revoke a key at once and for ever',
        params: z.object({ id: z.uuid() }),
        headers: onceHeaders,
        response: { 200: keyAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, keyAnswer, (client) => revokeKey(deps, client, request.params.id)),
  );
}
