// The two doors of a told story besides the webhooks: REST with a key, as an integrator's system calls it, and REST with a
// session, as the staff app calls it.
import { z } from 'zod';
import { HOUR_MS } from '../../src/clock.ts';

export type Answer = Record<string, unknown>;
type Method = 'GET' | 'PUT' | 'POST' | 'PATCH';

export type Caller = {
  /** As an integrator; anything but 2xx throws. Lets happen what follows. */
  api(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** As a member of staff who signs in when need be. */
  as(person: { email: string; password: string }, method: Method, path: string, body?: unknown): Promise<Answer>;
  /** Without anybody: what an invitation's link opens. */
  open(path: string, body: unknown): Promise<Answer>;
};

type CallerDeps = { apiKey: string; now(): Date; settle(): Promise<void> };
type Session = { cookie: string; at: number };

const FRESH_MS = HOUR_MS;
const answerSchema = z.record(z.string(), z.unknown());

export function createCaller(address: string, { apiKey, now, settle }: CallerDeps): Caller {
  const sessions = new Map<string, Session>();
  const call = async (method: Method, path: string, headers: Record<string, string>, body?: unknown) => {
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const url = `${address}/api/v1${path}`;
    const all = body === undefined ? headers : { ...headers, 'content-type': 'application/json' };
    const response = await fetch(url, { method, headers: all, ...given });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    if (method !== 'GET') await settle();
    return { response, answer: answerSchema.parse(JSON.parse(text)) };
  };
  const sessionOf = async ({ email, password }: { email: string; password: string }): Promise<Session> => {
    const known = sessions.get(email);
    // Sessions grow old while days go by.
    if (known && now().getTime() - known.at < FRESH_MS) return known;
    const { response } = await call('POST', '/session', { origin: address }, { email, password });
    const cookie = response.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
    const session = { cookie: cookie.join('; '), at: now().getTime() };
    sessions.set(email, session);
    return session;
  };
  return {
    api: async (method, path, body) => (await call(method, path, { authorization: `Bearer ${apiKey}` }, body)).answer,
    as: async (person, method, path, body) => {
      const { cookie } = await sessionOf(person);
      return (await call(method, path, { cookie, origin: address }, body)).answer;
    },
    open: async (path, body) => (await call('POST', path, { origin: address }, body)).answer,
  };
}
