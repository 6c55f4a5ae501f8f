// REST: what staff may choose from beside a conversation: templates, scripts and their steps, training hours.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import type { Scripts } from '../flows/published-flow.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { flowChoices, flowParams, flowSteps, templateChoices, trainingChoices } from './care-schema.ts';
import { conversationParams } from './conversation-schema.ts';
import { listTemplates } from './list-templates.ts';
import { findThread } from './open-work.ts';
import { listFlows, listTrainings, readFlowFile, stepTitles } from './read-flow-steps.ts';

export type ChoiceDeps = {
  db: Database;
  clock: Clock;
  timeZone: string;
  scripts: () => Pick<Scripts, 'active' | 'catalogue'>;
  factsOf: (conversationId: string) => Promise<FlowFacts | null>;
};

const tags = ['inbox'];
const config = { scope: 'conversations:read' } as const;

export function choiceRoutes(deps: ChoiceDeps): FastifyPluginAsyncZod {
  return async (app) => {
    templateRoute(app, deps);
    flowRoutes(app, deps);
    trainingRoute(app, deps);
  };
}

function templateRoute(app: ApiScope, { db, scripts, factsOf }: ChoiceDeps): void {
  const schema = {
    tags,
    summary: 'Approved templates of this channel, filled with what is known of the customer',
    params: conversationParams,
    response: { 200: templateChoices, ...errorAnswers },
  };
  app.get('/inbox/conversations/:id/templates', { config, schema }, async (request) => {
    const { id } = request.params;
    const { channel } = await findThread(db.pool, id);
    const facts = await factsOf(id);
    const known = { channel: channelNameSchema.parse(channel), facts };
    return { items: await db.reading((client) => listTemplates(client, scripts().catalogue, known)) };
  });
}

function flowRoutes(app: ApiScope, { db, scripts }: ChoiceDeps): void {
  app.get(
    '/inbox/flows',
    { config, schema: { tags, summary: 'Scripts by their titles', response: { 200: flowChoices, ...errorAnswers } } },
    async () => ({ items: listFlows(scripts()) }),
  );
  app.get(
    '/inbox/flows/:flow',
    {
      config,
      schema: {
        tags,
        summary: 'The steps of a script, each by its first words',
        params: flowParams,
        response: { 200: flowSteps, ...errorAnswers },
      },
    },
    async (request) => {
      const file = await readFlowFile(db.pool, scripts(), request.params.flow);
      return { id: file.id, title: file.head.title, steps: stepTitles(file) };
    },
  );
}

function trainingRoute(app: ApiScope, { db, clock, scripts, timeZone }: ChoiceDeps): void {
  const schema = {
    tags,
    summary: 'Trainings and their free hours',
    response: { 200: trainingChoices, ...errorAnswers },
  };
  app.get('/inbox/trainings', { config, schema }, async () => ({
    items: await listTrainings(db.pool, scripts(), { now: clock.now(), timeZone }),
  }));
}
