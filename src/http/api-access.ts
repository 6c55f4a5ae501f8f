// Who calls the REST API and what they may: the scopes of keys and of roles, and what a request carries once its key or
// its session was checked.

export const scopes = [
  'records:read',
  'records:write',
  'conversations:read',
  'conversations:write',
  'journeys',
  'imports',
  'exports',
  'webhooks',
  'privacy',
  'keys',
  'audit:read',
  'staff:read',
  'staff:write',
  'settings:read',
  'settings:write',
] as const;
export type Scope = (typeof scopes)[number];

/** What staff are; what each may is auth/role-scopes.ts. */
export const roles = ['agent', 'marketer', 'manager', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A member of staff who calls with the session of their browser; read anew for each request. */
export type CallingStaff = {
  id: string;
  sessionId: string;
  email: string;
  name: string;
  role: Role;
  teamId: string | null;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The scope that a key or a role needs for this route; every route under /api/v1 names one, a test sees to it.
     * 'self' = whoever signed in, and no key; 'anyone' = also without signing in.
     */
    scope?: Scope | 'self' | 'anyone';
    /** Browsers may send files here, and not only JSON. */
    takesFiles?: boolean;
  }
  interface FastifyRequest {
    /** Who calls, as the audit writes it: api_key:<name>, staff:<e-mail>. */
    actor: string;
    /** What they may. */
    scopes: readonly Scope[];
    /** null for keys. */
    staff: CallingStaff | null;
  }
}
