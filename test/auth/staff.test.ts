// Staff manage staff: nobody rises above whoever lifts them, and an admin always stays.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFirstAdmin } from '../../src/auth/first-admin.ts';
import { createLinkMailer } from '../../src/auth/mail-link.ts';
import { type Browser, codeOf, createStaffHarness, type StaffHarness } from './staff-harness.ts';

let api: StaffHarness;
let admin: Browser;
let adminId: string;
beforeAll(async () => {
  api = await createStaffHarness();
});
afterAll(() => api.close());

describe('the first admin', () => {
  const deps = () => ({ ...api.deps.staff, db: api.db, clock: api.clock, newId: api.newId });

  it('is made once, by one of several that start together, and can sign in', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => makeFirstAdmin(deps(), null)));
    const [first, ...more] = made.filter((one) => one !== null);
    expect(more).toEqual([]);
    expect(first?.password).toMatch(/^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
    expect(await makeFirstAdmin(deps(), null)).toBeNull();
    expect(await makeFirstAdmin(deps(), { email: 'x@spa.vn', password: 'xxxxxxxx' })).toBeNull();
    const [row, ...others] = await api.rows('SELECT id, password_hash FROM staff_members');
    expect(others).toEqual([]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$/);
    adminId = String(row?.id);
    admin = await api.signIn(first?.email ?? '', { password: first?.password });
    expect((await admin.call('GET', '/me')).body).toMatchObject({ role: 'admin' });
  });

  it('is as the settings say, and nothing is printed', async () => {
    const other = await createStaffHarness();
    const given = { email: 'Chu@Spa.vn', password: 'sông dài biển rộng' };
    const { staff } = other.deps;
    expect(await makeFirstAdmin({ ...staff, ...other, newId: other.newId }, given)).toBeNull();
    await other.signIn('chu@spa.vn', { password: given.password });
    await other.close();
  });
});

describe('managing', () => {
  it('the last admin can neither be disabled nor be made less', async () => {
    expect(codeOf(await admin.call('POST', `/staff/${adminId}/disable`, {}))).toBe('last_admin');
    expect(codeOf(await admin.call('PATCH', `/staff/${adminId}`, { role: 'agent' }))).toBe('last_admin');
    const second = await api.makeStaff('hai@spa.vn', 'admin');
    const both = await Promise.all(
      [adminId, second].map((id) => admin.call('PATCH', `/staff/${id}`, { role: 'admin', name: 'A' })),
    );
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect((await admin.call('POST', `/staff/${second}/disable`, {})).body).toMatchObject({ status: 'disabled' });
    expect((await admin.call('POST', `/staff/${second}/enable`, {})).body).toMatchObject({ status: 'active' });
  });

  it('a key that manages staff makes and resets nobody who may more than the key', async () => {
    const scopes = [
      'staff:read',
      'staff:write',
      'settings:read',
      'records:read',
      'conversations:read',
      'conversations:write',
    ];
    const { body } = await admin.call('POST', '/keys', { name: 'hr', scopes });
    const headers = { authorization: `Bearer ${body.key}` };
    const call = (path: string, more: object = {}) => api.call('POST', `/api/v1${path}`, { body: more, headers });
    const make = (role: string) => call('/staff', { email: `${role}@spa.vn`, name: 'X', role });
    expect((await make('agent')).status).toBe(200);
    expect(await make('admin')).toMatchObject({ status: 403, body: { error: { code: 'role_not_held' } } });
    expect(await make('manager')).toMatchObject({ status: 403 });
    for (const act of ['reset', 'disable', 'invite']) {
      expect(await call(`/staff/${adminId}/${act}`)).toMatchObject({
        status: 403,
        body: { error: { code: 'role_not_held' } },
      });
    }
  });

  it('an e-mail is one person, whatever its case; teams that are in use stay', async () => {
    const team = String((await admin.call('POST', '/teams', { name: 'Lễ tân' })).body.id);
    const lan = { email: 'lan@spa.vn', name: 'Lan', role: 'agent', teamId: team, skills: ['laser'], capacity: 5 };
    expect((await admin.call('POST', '/staff', lan)).body).toMatchObject({
      skills: ['laser'],
      capacity: 5,
      team: { name: 'Lễ tân' },
    });
    expect(codeOf(await admin.call('POST', '/staff', { ...lan, email: 'LAN@spa.vn' }))).toBe('email_taken');
    expect(codeOf(await admin.call('POST', '/teams', { name: 'lễ tân' }))).toBe('team_taken');
    expect(codeOf(await admin.call('DELETE', `/teams/${team}`))).toBe('team_in_use');
    expect(codeOf(await admin.call('POST', '/staff', { ...lan, email: 'b@spa.vn', teamId: adminId }))).toBe(
      'unknown_team',
    );
  });

  it('no answer holds a hash, a secret or a session', async () => {
    const list = await admin.call('GET', '/staff');
    expect(list.raw.body).not.toMatch(/argon2|hash|token|totpSecret/);
    const fields = 'capacity createdAt email id isAway isTotpOn language lastSeenAt name role skills status team';
    const { items } = list.body;
    for (const one of Array.isArray(items) ? items : []) expect(Object.keys(one).sort().join(' ')).toBe(fields);
  });

  it('repeats with one Idempotency-Key invite once, and the link is shown once', async () => {
    const call = () =>
      admin.call('POST', '/staff', { email: 'c@spa.vn', name: 'C', role: 'agent' }, { 'idempotency-key': 'mời C' });
    const [first, again] = [await call(), await call()];
    expect(again.body).toEqual({ ...first.body, link: { ...Object(first.body.link), url: null } });
    expect(await api.rows(`SELECT 1 FROM staff_members WHERE email = 'c@spa.vn'`)).toHaveLength(1);
  });

  it('a mail server that is away costs nothing but the e-mail', async () => {
    const log = { warn: () => undefined };
    const mail = createLinkMailer(
      { clock: api.clock, log, business: { name: 'Spa' } },
      { smtpUrl: 'smtp://127.0.0.1:1', from: 'a@spa.vn' },
    );
    expect(await mail({ to: 'b@spa.vn', name: 'B\r\nBcc: c@spa.vn', kind: 'invite', url: 'http://x' })).toBe(false);
  });
});
