// Which of a customer's subscriptions a script speaks of when nothing names one.
import { expect, test } from 'vitest';
import { newConversation } from '../../src/conversations/conversation.ts';
import { flowFacts } from '../../src/conversations/flow-facts.ts';
import type { KnownSubscription, Person } from '../../src/conversations/work.ts';
import { emptyCatalogue } from '../../src/flows/catalogue/catalogue.ts';

const now = new Date('2026-11-23T03:00:00Z');

function subscription(id: string, status: string, expiresAt: string | null): KnownSubscription {
  const expires = expiresAt === null ? null : new Date(expiresAt);
  const rest = { product: 'spa', plan: null, value: null, startedAt: null };
  return { id, externalId: id, status, expiresAt: expires, ...rest };
}

function spokenOf(subscriptions: KnownSubscription[]): string | null {
  const nobody = {
    displayName: null,
    givenName: null,
    profilePhone: null,
    followedAt: null,
    unfollowedAt: null,
    unreachableReason: null,
  };
  const person: Person = {
    identity: {
      id: 'i',
      channel: 'zalo',
      accountId: 'us',
      peerId: '1',
      ...nobody,
      lastInteractionAt: null,
      lastInboundAt: null,
    },
    customer: {
      id: 'c',
      isNew: false,
      ...{ name: null, formOfAddress: null, phone: null, email: null, industry: null, role: null },
      ...{ tags: [], attributes: {}, language: 'vi', optedOutAt: null },
    },
    conversation: newConversation('t', now),
    subscriptions,
    usage: {},
    training: null,
  };
  const facts = flowFacts(person, {
    now,
    timeZone: 'Asia/Ho_Chi_Minh',
    business: { name: 'Thử', hotline: null, website: null },
    subscriptionId: null,
    calendarUrl: null,
    isAsked: false,
    isFirstContact: false,
    catalogue: emptyCatalogue,
  });
  return facts.subscription?.id ?? null;
}

test.each<[string, KnownSubscription[], string | null]>([
  [
    'the one in use',
    [subscription('old', 'cancelled', '2027-06-01'), subscription('own', 'active', '2027-01-01')],
    'own',
  ],
  ['the one on trial', [subscription('trial', 'trial', '2026-12-01')], 'trial'],
  [
    'the one that ends first',
    [subscription('late', 'active', null), subscription('soon', 'trial', '2026-12-01')],
    'soon',
  ],
  ['none that is over', [subscription('over', 'trial', '2026-11-01'), subscription('rests', 'paused', null)], null],
])('it is %s', (_, subscriptions, id) => {
  expect(spokenOf(subscriptions)).toBe(id);
});
