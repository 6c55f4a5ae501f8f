// What the browser carries: the session, and a mark that somebody once signed in with it (limit-sign-in.ts).
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DAY_MS, SECOND_MS } from '../clock.ts';
import { newToken } from './secret-token.ts';
import { LONGEST_MS } from './sessions.ts';

const DEVICE_MS = 180 * DAY_MS;

export type CookieDeps = { publicUrl: string; secretKey: Buffer; random: (size: number) => Buffer };

export function readSessionCookie(deps: Pick<CookieDeps, 'publicUrl'>, request: FastifyRequest): string | null {
  return request.cookies[nameOf(deps, 'session')] ?? null;
}

export function writeSessionCookie(deps: Pick<CookieDeps, 'publicUrl'>, reply: FastifyReply, token: string): void {
  reply.setCookie(nameOf(deps, 'session'), token, optionsFor(deps, LONGEST_MS));
}

export function clearSessionCookie(deps: Pick<CookieDeps, 'publicUrl'>, reply: FastifyReply): void {
  reply.clearCookie(nameOf(deps, 'session'), optionsFor(deps, 0));
}

/** Says that this person once proved here who they are; opens nothing. */
export function writeDeviceCookie(deps: CookieDeps, reply: FastifyReply, staffId: string, now: Date): void {
  const said = `${staffId}.${newToken(deps.random).slice(0, 22)}.${now.getTime() + DEVICE_MS}`;
  reply.setCookie(nameOf(deps, 'device'), `${said}.${signatureOf(deps, said)}`, optionsFor(deps, DEVICE_MS));
}

export type Device = { staffId: string; nonce: string };

/** null unless we wrote it and it has not aged. */
export function readDeviceCookie(deps: Omit<CookieDeps, 'random'>, request: FastifyRequest, now: Date): Device | null {
  const [staffId = '', nonce = '', until = '', signature = ''] = (request.cookies[nameOf(deps, 'device')] ?? '').split(
    '.',
  );
  const expected = Buffer.from(signatureOf(deps, `${staffId}.${nonce}.${until}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return Number(until) > now.getTime() ? { staffId, nonce } : null;
}

function signatureOf({ secretKey }: Pick<CookieDeps, 'secretKey'>, said: string): string {
  return createHmac('sha256', secretKey).update(`device:${said}`).digest('base64url');
}

/** The prefix makes browsers refuse the cookie from any other host or path, or without encryption. */
function nameOf(deps: Pick<CookieDeps, 'publicUrl'>, what: 'session' | 'device'): string {
  return isEncrypted(deps) ? `__Host-ganbo_${what}` : `ganbo_${what}`;
}

function optionsFor(deps: Pick<CookieDeps, 'publicUrl'>, ageMs: number): CookieSerializeOptions {
  return { httpOnly: true, sameSite: 'strict', path: '/', secure: isEncrypted(deps), maxAge: ageMs / SECOND_MS };
}

function isEncrypted({ publicUrl }: Pick<CookieDeps, 'publicUrl'>): boolean {
  return publicUrl.startsWith('https://');
}
