// What each role may: the one table behind every route × role. A route names a scope, a role is a set of scopes.
import { type Role, type Scope, scopes } from '../http/api-access.ts';

const everyone: readonly Scope[] = ['staff:read', 'settings:read', 'records:read', 'conversations:read'];
const agent: readonly Scope[] = [...everyone, 'conversations:write'];
const marketer: readonly Scope[] = [...everyone, 'journeys'];
const manager: readonly Scope[] = [
  ...agent,
  'journeys',
  'records:write',
  'imports',
  'exports',
  'privacy',
  'audit:read',
  'settings:write',
];

export const roleScopes: Readonly<Record<Role, readonly Scope[]>> = { agent, marketer, manager, admin: scopes };

/** Nobody makes, changes or lets in a person who may more than they do themselves. */
export function mayActOn(held: readonly Scope[], role: Role): boolean {
  return roleScopes[role].every((scope) => held.includes(scope));
}
