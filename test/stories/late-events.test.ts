// Zalo and Meta deliver again after minutes or hours: what was done last holds, whatever is heard last.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { signZalo } from '../../src/sandbox/zalo/send-events.ts';
import {
  afterDoing,
  afterWriting,
  ledgerOf,
  must,
  nameCustomer,
  outboxOf,
  type Somebody,
  said,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => {
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

/** Somebody who was welcomed an hour ago, and their name in the CRM. */
async function somebody(): Promise<{ person: Somebody; customer: string }> {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  await stage.pass({ hours: 1 });
  return { person, customer };
}

/** A webhook of Zalo about something that happened so many minutes ago. */
async function hearLate(event: Record<string, unknown>, minutesAgo: number): Promise<void> {
  const { zaloSettings } = stage.sandbox;
  const timestamp = String(stage.clock.now().getTime() - minutesAgo * 60_000);
  const raw = Buffer.from(JSON.stringify({ app_id: zaloSettings.appId, ...event, timestamp }));
  const keys = { appId: zaloSettings.appId, oaSecretKey: zaloSettings.oaSecretKey ?? '' };
  const headers = { 'x-zevent-signature': signZalo({ ...keys, raw, timestamp }) };
  expect((await stage.sandbox.rawWebhook({ channel: 'zalo', body: raw, headers })).status).toBe(200);
  await stage.settle();
}

function follows(person: Somebody, verb: 'follow' | 'unfollow') {
  return { event_name: verb, oa_id: stage.sandbox.zaloSettings.oaId, follower: { id: person.id } };
}

let words = 0;
function says(person: Somebody, text: string) {
  words += 1;
  const parties = { sender: { id: person.id }, recipient: { id: stage.sandbox.zaloSettings.oaId } };
  return { event_name: 'user_send_text', ...parties, message: { text, msg_id: `late-${words}` } };
}

/** What a survey that falls due says to them. */
async function isAsked(person: Somebody, customer: string): Promise<boolean> {
  const before = said(stage, person).length;
  await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
  await stage.pass({ minutes: 5 });
  return said(stage, person).length > before;
}

const unfollowed = async (customer: string) => {
  const { id } = await must(stage, 'GET', `/api/v1/customers/${customer}`);
  const { identities } = await must(stage, 'GET', `/api/v1/customers/by-id/${id}`);
  return Array.isArray(identities) && identities.some((identity) => identity.unfollowedAt !== null);
};

describe('of follow and unfollow', () => {
  test('an older follow, or an older word, does not win back who has turned away', async () => {
    const { person, customer } = await somebody();
    await hearLate(follows(person, 'unfollow'), 10);
    await hearLate(follows(person, 'follow'), 30);
    await hearLate(says(person, 'cảm ơn'), 20);
    expect(await unfollowed(customer)).toBe(true);
    expect(await isAsked(person, customer)).toBe(false);
  });

  test('an older unfollow does not silence who follows again', async () => {
    const { person, customer } = await somebody();
    await hearLate(follows(person, 'follow'), 10);
    await hearLate(follows(person, 'unfollow'), 30);
    expect(await unfollowed(customer)).toBe(false);
    expect(await isAsked(person, customer)).toBe(true);
  });

  test('an unfollow before their last word does not silence them either', async () => {
    const { person, customer } = await somebody();
    await afterWriting(stage, person, 'cảm ơn');
    await hearLate(follows(person, 'unfollow'), 30);
    expect(await isAsked(person, customer)).toBe(true);
  });

  test('nobody is welcomed who has turned away meanwhile', async () => {
    const { id } = stage.sandbox.createPerson({ channel: 'zalo', name: 'Phạm Tuấn' });
    const person: Somebody = { id, channel: 'zalo' };
    await hearLate(follows(person, 'unfollow'), 10);
    await hearLate(follows(person, 'follow'), 30);
    expect(await outboxOf(stage, person)).toEqual([]);
  });
});

describe('of yes and no', () => {
  test('a yes that was said before the no does not take it back, and is not thanked for', async () => {
    const { person, customer } = await somebody();
    await hearLate(says(person, 'dừng'), 10);
    expect(await afterDoing(stage, person, () => hearLate(says(person, 'nhận tin'), 30))).toEqual([]);
    expect((await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt).not.toBeNull();
    expect(await ledgerOf(stage, customer, 'message_in')).toHaveLength(2);
    expect(await isAsked(person, customer)).toBe(false);
  });

  test('both heard late, a yes that was said after the no holds', async () => {
    const { person, customer } = await somebody();
    await hearLate(says(person, 'dừng'), 30);
    await hearLate(says(person, 'nhận tin'), 20);
    expect((await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt).toBeNull();
  });
});
