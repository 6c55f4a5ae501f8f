// Who calls the REST API and what they may: the scopes of keys, and what a request carries once its key was checked.

export const scopes = [
  'records:read',
  'records:write',
  'conversations:read',
  'conversations:write',
  'journeys',
  'imports',
  'webhooks',
  'privacy',
  'keys',
  'audit:read',
] as const;
export type Scope = (typeof scopes)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that a key needs for this route; every route under /api/v1 names one, a test sees to it. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** Who calls, as the audit writes it: api_key:<name>, staff:<e-mail>. */
    actor: string;
    /** What they may. */
    scopes: readonly Scope[];
  }
}
