// REST: what staff keep beside a conversation: notes, drafts, and that they are there.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { NewId } from '../ids.ts';
import { conversationParams } from './conversation-schema.ts';
import { addNote, notePresence, readPresence, saveDraft } from './keep-notes.ts';
import { draftAnswer, draftFields, noteAnswer, noteFields, presenceAnswer, presenceFields } from './notes-schema.ts';
import { requireStaff } from './staff-actor.ts';

export type TalkDeps = { db: Database; clock: Clock; newId: NewId };

const config = { scope: 'conversations:write' } as const;
const common = { tags: ['inbox'], params: conversationParams };

export function talkRoutes(deps: TalkDeps): FastifyPluginAsyncZod {
  return async (app) => {
    noteRoute(app, deps);
    draftRoute(app, deps);
    presenceRoute(app, deps);
  };
}

function noteRoute(app: ApiScope, deps: TalkDeps): void {
  const summary = 'A note that only staff see';
  const schema = {
    ...common,
    summary,
    headers: onceHeaders,
    body: noteFields,
    response: { 200: noteAnswer, ...errorAnswers },
  };
  app.post('/inbox/conversations/:id/notes', { config, schema }, async (request) => {
    const staff = requireStaff(request);
    const { id: conversationId } = request.params;
    return await answerOnce(deps, request, noteAnswer, (client) =>
      addNote(deps, client, { conversationId, staff, ...request.body }),
    );
  });
}

function draftRoute(app: ApiScope, { db, clock }: TalkDeps): void {
  const summary = 'Keep what you are writing';
  const schema = { ...common, summary, body: draftFields, response: { 200: draftAnswer, ...errorAnswers } };
  app.put('/inbox/conversations/:id/draft', { config, schema }, async (request) => {
    const { id: staffId } = requireStaff(request);
    const { text } = request.body;
    const draft = { staffId, conversationId: request.params.id, text, now: clock.now() };
    await db.transaction('save-draft', async (client) => await saveDraft(client, draft));
    return { text: text.trim() === '' ? null : text };
  });
}

function presenceRoute(app: ApiScope, { db, clock }: TalkDeps): void {
  const summary = 'You look at, or write in, this conversation; say it again every ten seconds';
  const schema = { ...common, summary, body: presenceFields, response: { 200: presenceAnswer, ...errorAnswers } };
  app.post('/inbox/conversations/:id/presence', { config, schema }, async (request) => {
    const staff = requireStaff(request);
    const { id: conversationId } = request.params;
    const now = clock.now();
    return await db.transaction('note-presence', async (client) => {
      const seen = await notePresence(client, { staffId: staff.id, conversationId, ...request.body, now });
      const people = await readPresence(client, now, conversationId);
      return { people: (people.get(conversationId) ?? []).filter(({ id }) => id !== staff.id), seen };
    });
  });
}
