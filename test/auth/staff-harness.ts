// Staff on a REST API over a fresh database: made without invitations, signed in as a browser would be.
import type { LightMyRequestResponse } from 'fastify';
import type { Role } from '../../src/http/api-access.ts';
import { createHarness, type Harness } from '../api/api-harness.ts';

export const PASSWORD = 'con đường dài 2026';
export const ORIGIN = 'http://127.0.0.1:3000';

export type Browser = {
  cookies: Record<string, string>;
  /** Calls as a page of ours does; keeps the cookies that come back. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<BrowserAnswer>;
};
export type BrowserAnswer = { status: number; body: Record<string, unknown>; raw: LightMyRequestResponse };
export type StaffHarness = Harness & {
  /** Answers the id. */
  makeStaff(email: string, role: Role, more?: { name?: string; password?: string | null }): Promise<string>;
  openBrowser(on?: Harness): Browser;
  /** A browser in which they signed in. */
  signIn(email: string, more?: Record<string, unknown>): Promise<Browser>;
};

export async function createStaffHarness(...given: Parameters<typeof createHarness>): Promise<StaffHarness> {
  const api = await createHarness(...given);
  const openBrowser = (on: Harness = api) => browserOf(on);
  return {
    ...api,
    makeStaff: async (email, role, { name = 'Người Thử', password = PASSWORD } = {}) => {
      const id = api.newId();
      const hash = password === null ? null : await api.deps.staff.passwords.hash(password);
      await api.rows(
        `INSERT INTO staff_members (id, email, name, role, password_hash, skills, created_at) VALUES ($1, $2, $3, $4, $5, '{}', $6)`,
        [id, email, name, role, hash, api.clock.now()],
      );
      return id;
    },
    openBrowser,
    signIn: async (email, more = {}) => {
      const browser = openBrowser();
      const { status, body } = await browser.call('POST', '/session', { email, password: PASSWORD, ...more });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      return browser;
    },
  };
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

function browserOf({ app }: Harness): Browser {
  const cookies: Record<string, string> = {};
  return {
    cookies,
    call: async (method, path, body, headers = {}) => {
      const raw = await app.inject({
        method: methods.find((one) => one === method) ?? 'GET',
        url: `/api/v1${path}`,
        headers: {
          ...(method === 'GET' ? {} : { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        cookies,
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      for (const { name, value } of raw.cookies) cookies[name] = value;
      const isJson = String(raw.headers['content-type']).includes('json');
      return { status: raw.statusCode, body: isJson ? raw.json() : {}, raw };
    },
  };
}

/** The code of the error, if it is one. */
export function codeOf({ body }: BrowserAnswer): unknown {
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
}
