// Sessions end everywhere at once: in this process, in others, in streams that are open.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSessionWatch } from '../../src/auth/session-watch.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import type { CallingStaff } from '../../src/http/api-access.ts';
import { createHarness, type Harness } from '../api/api-harness.ts';
import { type Browser, codeOf, createStaffHarness, PASSWORD, type StaffHarness } from './staff-harness.ts';

let api: StaffHarness;
/** Another program on the same database. */
let other: Harness;
beforeAll(async () => {
  api = await createStaffHarness();
  const watch = createSessionWatch(api, () => undefined);
  other = await createHarness({ clock: api.clock, staff: { ...api.deps.staff, watch } }, api.db);
  await api.makeStaff('chu@spa.vn', 'admin');
});
afterAll(async () => {
  await other.app.close();
  await api.close();
});

let made = 0;
async function somebody(role: 'agent' | 'admin' = 'agent') {
  made += 1;
  const email = `nguoi${made}@spa.vn`;
  const id = await api.makeStaff(email, role);
  return { id, email, browser: await api.signIn(email) };
}

/** The same browser, talking to the other program. */
async function statusElsewhere(browser: Browser): Promise<number> {
  const there = api.openBrowser(other);
  Object.assign(there.cookies, browser.cookies);
  return (await there.call('GET', '/me')).status;
}

/** A stream of theirs in each program: which of the two were ended. */
async function openStreams(id: string): Promise<{ ended(): Promise<string[]> }> {
  const rows = await api.rows('SELECT id FROM staff_sessions WHERE staff_id = $1 AND ended_at IS NULL', [id]);
  const [who] = await api.rows('SELECT email, name, role, team_id FROM staff_members WHERE id = $1', [id]);
  const ended: string[] = [];
  const staff: CallingStaff = {
    id,
    sessionId: String(rows[0]?.id),
    email: String(who?.email),
    name: String(who?.name),
    role: who?.role === 'admin' ? 'admin' : 'agent',
    teamId: who?.team_id === null ? null : String(who?.team_id),
  };
  const watches = { here: api.deps.staff.watch, there: other.deps.staff.watch };
  for (const [name, watch] of Object.entries(watches)) watch.onSessionEnded(staff, () => ended.push(name));
  return {
    ended: async () => {
      // What the metronome does each second.
      for (const watch of Object.values(watches)) {
        watch.ring();
        await watch.idle();
      }
      return ended.sort();
    },
  };
}

type Person = Awaited<ReturnType<typeof somebody>>;
const ways: [string, (person: Person, admin: Browser) => Promise<unknown>][] = [
  ['signing out', ({ browser }) => browser.call('DELETE', '/session')],
  ['being disabled', ({ id }, admin) => admin.call('POST', `/staff/${id}/disable`, {})],
  ['another role', ({ id }, admin) => admin.call('PATCH', `/staff/${id}`, { role: 'marketer' })],
  [
    'a new password',
    async ({ browser }) => {
      const before = { ...browser.cookies };
      await browser.call('POST', '/me/password', { current: PASSWORD, next: 'một câu khác hẳn' });
      expect((await browser.call('GET', '/me')).status).toBe(200);
      Object.assign(browser.cookies, before);
    },
  ],
  [
    'a reset link that was used',
    async ({ id }, admin) => {
      const { url } = (await admin.call('POST', `/staff/${id}/reset`, {})).body;
      const token = String(url).split('/').at(-1);
      expect((await api.openBrowser().call('POST', `/links/${token}`, { password: 'một câu khác hẳn' })).status).toBe(
        200,
      );
    },
  ],
  ['twelve idle hours', async () => api.clock.advance(12 * HOUR_MS)],
];

describe('a session', () => {
  it.each(ways)('ends with %s, in every process and in open streams', async (_what, end) => {
    const admin = await api.signIn('chu@spa.vn');
    const person = await somebody();
    const { browser, id } = person;
    expect(await statusElsewhere(browser)).toBe(200);
    const streams = await openStreams(id);
    expect(await streams.ended()).toEqual([]);
    const cookies = { ...browser.cookies };
    await end(person, admin);
    Object.assign(browser.cookies, cookies);
    expect((await browser.call('GET', '/me')).status).toBe(401);
    expect(await statusElsewhere(browser)).toBe(401);
    expect(await streams.ended()).toEqual(['here', 'there']);
  });

  it('lives on while it is used, for thirty days at most', async () => {
    const { browser } = await somebody();
    for (let hours = 0; hours < 30 * 24; hours += 11) {
      expect((await browser.call('GET', '/me')).status, `after ${hours} hours`).toBe(200);
      api.clock.advance(Math.min(11, 30 * 24 - hours) * HOUR_MS);
    }
    expect((await browser.call('GET', '/me')).status).toBe(401);
  });

  it('gets a new id at each sign-in, and an id brought along is never taken', async () => {
    const { email, browser } = await somebody();
    const first = browser.cookies.ganbo_session;
    const fixed = api.openBrowser();
    fixed.cookies.ganbo_session = 'x'.repeat(43);
    await fixed.call('POST', '/session', { email, password: PASSWORD });
    expect(fixed.cookies.ganbo_session).not.toBe('x'.repeat(43));
    await browser.call('POST', '/session', { email, password: PASSWORD });
    expect(browser.cookies.ganbo_session).not.toBe(first);
    const old = api.openBrowser();
    old.cookies.ganbo_session = first ?? '';
    expect((await old.call('GET', '/me')).status).toBe(401);
  });

  it('is listed and ended from another browser; not by others', async () => {
    const { email, browser } = await somebody();
    const phone = await api.signIn(email);
    const stranger = await somebody();
    const { items } = (await browser.call('GET', '/me/sessions')).body;
    expect(items).toHaveLength(2);
    const theirs = Array.isArray(items) ? items.find((one) => !one.isCurrent) : null;
    expect((await stranger.browser.call('DELETE', `/me/sessions/${theirs.id}`)).body).toEqual({ ended: 0 });
    expect((await phone.call('GET', '/me')).status).toBe(200);
    expect((await browser.call('DELETE', `/me/sessions/${theirs.id}`)).body).toEqual({ ended: 1 });
    expect((await phone.call('GET', '/me')).status).toBe(401);
    await api.signIn(email);
    expect((await browser.call('DELETE', '/me/sessions')).body).toEqual({ ended: 1 });
    expect((await browser.call('GET', '/me')).status).toBe(200);
  });

  it('another team begins the streams anew, and the session lives on', async () => {
    const admin = await api.signIn('chu@spa.vn');
    const { id, browser } = await somebody();
    const team = (await admin.call('POST', '/teams', { name: 'Da liễu' })).body.id;
    const streams = await openStreams(id);
    await admin.call('PATCH', `/staff/${id}`, { teamId: team });
    expect(await streams.ended()).toEqual(['here', 'there']);
    expect((await browser.call('GET', '/me')).body).toMatchObject({ team: { id: team, name: 'Da liễu' } });
  });
});

describe('a link', () => {
  const tokenOf = (body: Record<string, unknown>) => String(body.url).split('/').at(-1) ?? '';

  it('invites one person, once, within 48 hours; unclaimed the account opens to nobody', async () => {
    const admin = await api.signIn('chu@spa.vn');
    const mai = await admin.call('POST', '/staff', { email: 'Mai@spa.vn', name: 'Mai', role: 'agent' });
    expect(mai.body).toMatchObject({ status: 'invited', link: { kind: 'invite', isMailed: false } });
    const { link } = mai.body;
    const token = typeof link === 'object' && link !== null && 'url' in link ? tokenOf({ url: link.url }) : '';
    const guest = api.openBrowser();
    for (const password of ['', 'null', PASSWORD])
      expect((await guest.call('POST', '/session', { email: 'mai@spa.vn', password })).status).toBeGreaterThanOrEqual(
        400,
      );
    expect((await guest.call('GET', `/links/${token}`)).body).toEqual({
      kind: 'invite',
      email: 'mai@spa.vn',
      name: 'Mai',
    });
    expect(codeOf(await guest.call('POST', `/links/${token}`, { password: 'matkhau123' }))).toBe('weak_password');
    const both = await Promise.all(
      [1, 2].map(() => guest.call('POST', `/links/${token}`, { password: 'sông dài biển rộng' })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect((await guest.call('GET', `/links/${token}`)).status).toBe(410);
    const body = { email: 'mai@spa.vn', password: 'sông dài biển rộng' };
    expect((await guest.call('POST', '/session', body)).status).toBe(200);
    const kept = JSON.stringify([
      await api.rows('SELECT * FROM staff_links'),
      await api.rows('SELECT * FROM audit_entries'),
    ]);
    expect(kept).not.toContain(token);
    expect(codeOf(await admin.call('POST', `/staff/${mai.body.id}/invite`, {}))).toBe('already_in');
  });

  it('resets within ten minutes; a newer one replaces it, a disabled person has none', async () => {
    const admin = await api.signIn('chu@spa.vn');
    const { id } = await somebody();
    const link = async () => tokenOf((await admin.call('POST', `/staff/${id}/reset`, {})).body);
    const use = async (token: string) =>
      (await api.openBrowser().call('POST', `/links/${token}`, { password: 'sông dài biển rộng' })).status;
    const [first, second] = [await link(), await link()];
    expect(await use(first)).toBe(410);
    api.clock.advance(10 * MINUTE_MS);
    expect(await use(second)).toBe(410);
    const third = await link();
    await admin.call('POST', `/staff/${id}/disable`, {});
    expect(await use(third)).toBe(410);
    expect(codeOf(await admin.call('POST', `/staff/${id}/reset`, {}))).toBe('is_disabled');
    // Whoever comes back begins anew: what was handed out before they left stays dead.
    await admin.call('POST', `/staff/${id}/enable`, {});
    expect(await use(third)).toBe(410);
    for (const guess of ['x'.repeat(43), 'x', '%00', '..%2f', third.slice(0, 42)]) {
      expect([400, 404, 410]).toContain((await api.openBrowser().call('GET', `/links/${guess}`)).status);
    }
  });

  it('leads where PUBLIC_URL says, whatever Host and forwarded headers claim', async () => {
    const admin = await api.signIn('chu@spa.vn');
    const { id } = await somebody();
    const spoofed = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    const { body } = await admin.call('POST', `/staff/${id}/reset`, {}, { ...spoofed, host: 'evil.example' });
    expect(String(body.url)).toMatch(/^http:\/\/127\.0\.0\.1:3000\/links\/[\w-]{43}$/);
    api.clock.advance(DAY_MS);
  });
});
