// Who gets what was handed over, on a real database and with several processes at once: nobody twice, nobody too much, the
// one the customer knows first. And what the inbox does by itself: out of hours, snoozed, forgotten.
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import { type AttendDeps, attendConversations } from '../../src/inbox/attend-conversations.ts';
import { createInboxRound } from '../../src/inbox/inbox-round.ts';
import { saveSetting } from '../../src/inbox/inbox-settings.ts';
import { createPolicyMemory } from '../../src/inbox/policy-memory.ts';
import type { SettingName } from '../../src/inbox/settings-schema.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

let desk: InboxStage;
let monday = START;
let week = 0;
beforeAll(async () => {
  desk = await openInbox();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.rows(
    'TRUNCATE inbound_queue, inbound_events, touchpoints, outbound_messages, conversations, channel_identities, customers, staff_members, teams, settings CASCADE',
  );
  week += 1;
  // Each test on a Monday of its own, 10:00 in Vietnam.
  monday = new Date(START.getTime() + 7 * DAY_MS * week);
  desk.clock.advance(monday.getTime() - desk.clock.now().getTime());
  await set('assignment', { mode: 'on', onlineMinutes: 10 });
});

/** Seen just now, unless said otherwise. */
async function join(name: string, more: Parameters<InboxStage['staff']>[1] = {}) {
  return await desk.staff(name, { lastSeenAt: monday, ...more });
}

async function set(name: SettingName, value: object): Promise<void> {
  await saveSetting(desk.db.pool, { name, value, by: 'test', now: desk.clock.now() });
}
const timeZone = 'Asia/Ho_Chi_Minh';
const policies = () => createPolicyMemory({ db: desk.db, timeZone, holidays: () => [] });
async function attend(deps: AttendDeps = desk): Promise<void> {
  const given = await policies().read();
  while (await attendConversations(deps, given));
}
const round = () =>
  createInboxRound({
    ...desk,
    log: pino({ level: 'silent' }),
    policies: policies(),
    onEventsPushed: () => {},
  });
async function turn(): Promise<void> {
  const one = round();
  one.ring();
  await one.idle();
  await one.stop();
}
let peers = 0;
async function waiting(
  more: { assignee?: string; team?: string; channel?: 'zalo' | 'messenger' } = {},
): Promise<string> {
  peers += 1;
  const channel = more.channel ?? 'zalo';
  const { conversationId } = await desk.chatter(`${70_000 + peers}`, { state: 'waiting_for_agent', channel });
  await desk.rows('UPDATE conversations SET assignee_id = $2, team_id = $3 WHERE id = $1', [
    conversationId,
    more.assignee ?? null,
    more.team ?? null,
  ]);
  return conversationId;
}
const ownerOf = async (id: string) =>
  (await desk.rows('SELECT assignee_id FROM conversations WHERE id = $1', [id]))[0]?.assignee_id;
async function team(name: string): Promise<string> {
  const id = desk.newId();
  await desk.rows('INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)', [id, name, START]);
  return id;
}

describe('assignment', () => {
  it('four processes at once give each conversation once, and never more than somebody can lead', async () => {
    const staff = [
      await join('Lan', { capacity: 7 }),
      await join('Minh', { capacity: 3 }),
      await join('Hoa', { capacity: 10 }),
    ];
    const all = await Promise.all(Array.from({ length: 40 }, () => waiting()));
    await Promise.all([1, 2, 3, 4].map(() => attend()));
    const loads = await desk.rows(
      'SELECT assignee_id AS id, count(*)::int AS load FROM conversations WHERE assignee_id IS NOT NULL GROUP BY 1',
    );
    const loadOf = (id: string) => Number(loads.find((row) => row.id === id)?.load ?? 0);
    expect(staff.map(({ id }) => loadOf(id))).toEqual([7, 3, 10]);
    const told = await desk.rows(
      `SELECT conversation_id, count(*)::int AS n FROM touchpoints WHERE kind = 'assigned' GROUP BY 1`,
    );
    expect(told).toHaveLength(20);
    expect(told.every(({ n }) => n === 1)).toBe(true);
    // Attended once each, with a deadline, whoever got them.
    const due = await desk.rows(
      'SELECT 1 FROM conversations WHERE reply_due_at IS NOT NULL AND resolve_due_at IS NOT NULL',
    );
    expect(due).toHaveLength(all.length);
  });

  it('whom the customer knows comes first, unless they are away, full or gone home', async () => {
    const known = await join('Lan', { capacity: 1 });
    const other = await join('Minh');
    const first = await waiting({ assignee: known.id });
    await attend();
    expect(await ownerOf(first)).toBe(known.id);
    await desk.rows(`UPDATE conversations SET state = 'resolved' WHERE id = $1`, [first]);
    for (const change of [
      'is_away = true',
      `is_away = false, last_seen_at = '2026-11-23T02:00Z'`,
      'disabled_at = created_at',
    ]) {
      await desk.rows(`UPDATE staff_members SET ${change} WHERE id = $1`, [known.id]);
      const next = await waiting({ assignee: known.id });
      await attend();
      expect([change, await ownerOf(next)]).toEqual([change, other.id]);
    }
  });

  it('who knows the channel or the product comes before who has more room; teams stay among themselves', async () => {
    const spa = await team('Spa');
    const zalo = await join('Lan', { skills: ['Messenger'] });
    const idle = await join('Minh');
    const inTeam = await join('Hoa', { teamId: spa });
    await Promise.all([1, 2].map(() => waiting({ assignee: zalo.id })));
    await attend();
    const skilled = await waiting({ channel: 'messenger' });
    await attend();
    expect(await ownerOf(skilled)).toBe(zalo.id);
    const ofTeam = await waiting({ team: spa });
    const plain = await waiting();
    await attend();
    expect(await ownerOf(ofTeam)).toBe(inTeam.id);
    expect([idle.id, inTeam.id]).toContain(await ownerOf(plain));
  });

  it('what a person gave to somebody a moment before is theirs', async () => {
    const [lan, minh] = [await join('Lan'), await join('Minh', { capacity: 1 })];
    for (const mode of ['on', 'off']) {
      await set('assignment', { mode });
      const id = await waiting();
      await desk.call(lan, 'POST', `/inbox/conversations/${id}/assign`, { staffId: minh.id, teamId: null });
      await attend();
      expect([mode, await ownerOf(id)]).toEqual([mode, minh.id]);
    }
  });

  it('nobody there, or switched off: it waits without an owner, with its deadline', async () => {
    await join('Lan', { lastSeenAt: new Date(monday.getTime() - HOUR_MS) });
    const alone = await waiting();
    await attend();
    expect(await ownerOf(alone)).toBeNull();
    await join('Minh');
    await set('assignment', { mode: 'off' });
    const off = await waiting();
    await attend();
    expect(await ownerOf(off)).toBeNull();
    const [row] = await desk.rows('SELECT reply_due_at FROM conversations WHERE id = $1', [off]);
    expect(row?.reply_due_at).toEqual(new Date(monday.getTime() + 30 * MINUTE_MS));
  });
});

describe('by itself', () => {
  it('out of hours whoever calls hears when somebody will be there, unless nothing is to be said', async () => {
    const memory = policies();
    expect(memory.outOfHours(monday)).toBeNull();
    await memory.read();
    expect(memory.outOfHours(desk.clock.now())).toBeNull();
    // Monday 20:00 in Vietnam.
    desk.clock.advance(10 * HOUR_MS);
    expect(memory.outOfHours(desk.clock.now())).toContain('08:00 thứ Ba');
    await set('out_of_hours', { text: null });
    await memory.read();
    expect(memory.outOfHours(desk.clock.now())).toBeNull();
  });

  it('what is handed over by night is due when somebody is there; attending says nothing to the customer', async () => {
    desk.clock.advance(10 * HOUR_MS);
    const id = await waiting();
    await Promise.all([1, 2, 3].map(() => attend()));
    expect(await desk.rows('SELECT 1 FROM outbound_messages WHERE conversation_id = $1', [id])).toEqual([]);
    const [row] = await desk.rows('SELECT reply_due_at FROM conversations WHERE id = $1', [id]);
    // Tuesday 8:30.
    expect(row?.reply_due_at).toEqual(new Date(monday.getTime() + 22.5 * HOUR_MS));
  });

  it('what was put aside comes back at its time, or when the customer writes', async () => {
    const lan = await join('Lan');
    const [onTime, early] = [await waiting(), await waiting()];
    for (const id of [onTime, early]) {
      const until = new Date(desk.clock.now().getTime() + HOUR_MS).toISOString();
      expect((await desk.call(lan, 'POST', `/inbox/conversations/${id}/snooze`, { until })).status).toBe(200);
    }
    desk.clock.advance(10 * MINUTE_MS);
    await turn();
    const asleep = () => desk.rows('SELECT id FROM conversations WHERE snoozed_until IS NOT NULL ORDER BY id');
    expect(await asleep()).toHaveLength(2);
    await desk.rows(
      'UPDATE channel_identities SET last_inbound_at = $2 WHERE id = (SELECT identity_id FROM conversations WHERE id = $1)',
      [early, desk.clock.now()],
    );
    await Promise.all([turn(), turn()]);
    expect(await asleep()).toEqual([{ id: onTime }]);
    desk.clock.advance(HOUR_MS);
    await turn();
    expect(await asleep()).toEqual([]);
    const woken = await desk.rows(
      `SELECT conversation_id AS id, reason FROM touchpoints WHERE kind = 'woken' ORDER BY touchpoints.id`,
    );
    expect(woken).toEqual([
      { id: early, reason: 'Khách nhắn lại.' },
      { id: onTime, reason: 'Đến giờ hẹn.' },
    ]);
  });

  it('whose owner is silent goes back to the queue once, in open hours only, and to the bot when the policy says so', async () => {
    const lan = await join('Lan', { lastSeenAt: new Date(0) });
    const led = async () => {
      const id = await waiting();
      await desk.call(lan, 'POST', `/inbox/conversations/${id}/take`);
      return id;
    };
    const forgotten = await led();
    // Eight open hours on Monday, none in the night.
    await set('idle_policy', { to: 'queue', minutes: 9 * 60 });
    desk.clock.advance(14 * HOUR_MS);
    await turn();
    const stateOf = async (id: string) =>
      (await desk.rows('SELECT state, assignee_id FROM conversations WHERE id = $1', [id]))[0];
    expect(await stateOf(forgotten)).toMatchObject({ state: 'with_agent' });
    // Tuesday 9:30.
    desk.clock.advance(9.5 * HOUR_MS);
    await Promise.all([turn(), turn()]);
    expect(await stateOf(forgotten)).toEqual({ state: 'waiting_for_agent', assignee_id: null });
    expect(
      await desk.rows(`SELECT 1 FROM touchpoints WHERE kind = 'handed_over' AND conversation_id = $1`, [forgotten]),
    ).toHaveLength(1);

    await set('idle_policy', { to: 'bot', minutes: 60 });
    const answered = await led();
    await desk.rows(
      'UPDATE channel_identities SET last_inbound_at = $2 WHERE id = (SELECT identity_id FROM conversations WHERE id = $1)',
      [answered, new Date(desk.clock.now().getTime() - MINUTE_MS)],
    );
    desk.clock.advance(2 * HOUR_MS);
    await turn();
    const events = await desk.rows(
      `SELECT e.payload FROM inbound_events e JOIN conversations c ON c.identity_id = e.identity_id WHERE c.id = $1`,
      [answered],
    );
    expect(events).toEqual([
      { payload: expect.objectContaining({ kind: 'hand_back', how: 'resume', by: 'idle_policy' }) },
    ]);
  });
});
