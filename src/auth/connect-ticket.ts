// Who may connect an account: staff who signed in; and for one hour whoever sees the program's own console, by a ticket.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type Clock, HOUR_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { roleScopes } from './role-scopes.ts';
import { readSessionCookie } from './session-cookie.ts';
import { findSession } from './sessions.ts';

export type TicketDeps = { config: { publicUrl: string }; clock: { now(): Date }; secretKey: Buffer };

type Tokens = { accessToken: string | null; refreshToken: string | null };

/** For whoever starts the program; null when there is no account to connect, or its tokens are given. */
export function firstConnectUrl(deps: TicketDeps & { config: { zalo: Tokens | null } }): string | null {
  const { zalo } = deps.config;
  return !zalo || zalo.accessToken || zalo.refreshToken ? null : ticketUrl(deps);
}

/** Where the visit to the provider's page begins. */
export function ticketUrl({ config, clock, secretKey }: TicketDeps): string {
  return `${config.publicUrl}/oauth/zalo/start?ticket=${makeTicket(secretKey, clock.now())}`;
}

function makeTicket(secretKey: Buffer, now: Date): string {
  const until = String(now.getTime() + HOUR_MS);
  return `${until}.${sign(secretKey, until)}`;
}

type DoorDeps = { db: Pick<Database, 'pool' | 'durably'>; clock: Clock; secretKey: Buffer; publicUrl: string };

/** The cookies of the request must have been read. */
export function createMayConnect(deps: DoorDeps): (request: FastifyRequest, ticket: string) => Promise<boolean> {
  return async (request, ticket) => {
    const now = deps.clock.now();
    if (isTicketGood(deps.secretKey, now, ticket)) return true;
    const token = readSessionCookie(deps, request);
    const staff = token === null ? null : await findSession(deps.db, now, token);
    return staff !== null && roleScopes[staff.role].includes('keys');
  };
}

function isTicketGood(secretKey: Buffer, now: Date, ticket: string): boolean {
  const [until = '', signature = ''] = ticket.split('.');
  const expected = Buffer.from(sign(secretKey, until));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) && Number(until) > now.getTime();
}

function sign(secretKey: Buffer, until: string): string {
  return createHmac('sha256', secretKey).update(`connect:${until}`).digest('base64url');
}
