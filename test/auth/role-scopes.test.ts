// What each role may, written out: a change of this table is a decision and never an accident.
import { expect, test } from 'vitest';
import { mayActOn, roleScopes } from '../../src/auth/role-scopes.ts';
import { scopes } from '../../src/http/api-access.ts';

const reading = ['staff:read', 'settings:read', 'records:read', 'conversations:read'];

test.each<[keyof typeof roleScopes, readonly string[]]>([
  ['agent', [...reading, 'conversations:write']],
  ['marketer', [...reading, 'journeys']],
  [
    'manager',
    [
      ...reading,
      'conversations:write',
      'journeys',
      'records:write',
      'imports',
      'exports',
      'privacy',
      'audit:read',
      'settings:write',
    ],
  ],
  ['admin', scopes],
])('%s', (role, expected) => {
  expect([...roleScopes[role]].sort()).toEqual([...expected].sort());
});

test('nobody acts on a person who may more than they do', () => {
  expect(mayActOn(roleScopes.admin, 'admin')).toBe(true);
  expect(mayActOn(roleScopes.manager, 'agent')).toBe(true);
  expect(mayActOn(roleScopes.manager, 'admin')).toBe(false);
  expect(mayActOn(roleScopes.agent, 'marketer')).toBe(false);
  expect(mayActOn([], 'agent')).toBe(false);
});
