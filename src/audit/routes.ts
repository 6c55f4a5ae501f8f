// REST: the audit.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { auditPage, auditQuery } from './audit-schema.ts';
import { readAudit } from './read-audit.ts';

export type AuditRouteDeps = { db: Database; timeZone: string };

export function auditRoutes(deps: AuditRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/audit',
      {
        config: { scope: 'audit:read' },
        schema: {
          tags: ['audit'],
          summary: 'Who changed what, newest first',
          description: 'One row for each call that changed something; none for refused or repeated ones.',
          querystring: auditQuery,
          response: { 200: auditPage, ...errorAnswers },
        },
      },
      async (request) => await readAudit(deps, request.query),
    );
  };
}
