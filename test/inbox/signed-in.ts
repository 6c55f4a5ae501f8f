// A member of staff at work over real HTTP: signs in as a browser would and calls with their session.
import { makeFirstAdmin } from '../../src/auth/first-admin.ts';
import { createPasswords } from '../../src/auth/hash-password.ts';
import { createIdMaker } from '../../src/ids.ts';
import type { Stage } from '../stories/stage.ts';

const EMAIL = 'huong@ganbo.vn';
const PASSWORD = 'con đường dài 2026';

export type AnswerOfStaff = { status: number; body: Record<string, unknown> };
export type SignedIn = {
  id: string;
  call(method: string, path: string, body?: object | FormData): Promise<AnswerOfStaff>;
  /** Redirects are not followed. */
  get(path: string): Promise<Response>;
};

/** The first admin of a fresh stage, called Hương. */
export async function signIn(stage: Stage): Promise<SignedIn> {
  const { db, clock } = stage;
  const random = (size: number) => Buffer.alloc(size, 7);
  const deps = { db, clock, newId: createIdMaker(clock), passwords: createPasswords(), random };
  await makeFirstAdmin(deps, { email: EMAIL, password: PASSWORD });
  await db.pool.query(`UPDATE staff_members SET name = 'Hương' WHERE email = $1`, [EMAIL]);
  const origin = stage.address;
  const answer = await fetch(`${origin}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const me: unknown = await answer.json();
  const id = typeof me === 'object' && me !== null && 'id' in me ? `${me.id}` : '';
  return {
    id,
    get: (path) => fetch(`${origin}${path}`, { headers: { cookie }, redirect: 'manual' }),
    call: async (method, path, body) => {
      const isForm = body instanceof FormData;
      const response = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { cookie, origin, ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      });
      return { status: response.status, body: JSON.parse(await response.text()) };
    },
  };
}
