// What customers and the systems behind them do, as moments in order: the CRM names somebody, they follow or write, billing
// reports a subscription, usage, an order, and they answer what they are asked.
import type { SeedCustomer } from '../seed-customers.ts';
import type { SeedWorld } from './open-seed-world.ts';

export type Scene = { daysAgo: number; at: string; play(world: SeedWorld): Promise<void> };

const agreed = {
  purpose: 'advertising',
  granted: true,
  source: 'hop-dong',
  wording: 'Tôi đồng ý nhận tin ưu đãi qua Zalo và Messenger, không quá 3 tin mỗi ngày.',
};

export function scenesOf(customer: SeedCustomer): Scene[] {
  const { metDaysAgo, usage = [], orders = [], says = [], peerId } = customer;
  return [
    { daysAgo: metDaysAgo, at: '08:30', play: (world) => meet(world, customer) },
    ...subscriptionScenes(customer),
    ...usage.map(({ daysAgo, at, values }) => ({
      ...{ daysAgo, at },
      play: (world: SeedWorld) => reportUsage(world, customer.externalId, values),
    })),
    ...orders.map(({ daysAgo, ...order }) => ({
      ...{ daysAgo, at: '09:15' },
      play: async (world: SeedWorld) => {
        await world.api('POST', '/orders', { ...order, customer: customer.externalId });
      },
    })),
    ...says.map(({ daysAgo, at, text, to = '' }) => ({
      ...{ daysAgo, at },
      play: async (world: SeedWorld) => {
        if (lastShown(world, peerId).includes(to)) await write(world, peerId, text);
      },
    })),
  ];
}

export async function meet(world: SeedWorld, customer: SeedCustomer): Promise<void> {
  const { externalId, channel, peerId, name, phone, formOfAddress } = customer;
  const { industry, role, tags, attributes, agrees } = customer;
  await world.api('PUT', `/customers/${externalId}`, {
    ...{ name, phone, formOfAddress, industry, role, tags, attributes },
    identities: { [channel]: peerId },
    ...(agrees ? { consents: [agreed] } : {}),
  });
  const isKnown = world.sandbox.people().some(({ id }) => id === peerId);
  if (!isKnown) world.sandbox.createPerson({ id: peerId, channel, name, phone });
  if (channel === 'zalo') world.sandbox.follow(peerId);
  else world.sandbox.write(peerId, 'Chào shop');
  await world.settle();
}

export async function write(world: SeedWorld, peerId: string, text: string): Promise<void> {
  world.sandbox.markRead(peerId);
  world.sandbox.write(peerId, text);
  await world.settle();
}

function lastShown({ sandbox }: SeedWorld, peerId: string): string {
  return sandbox.shownTo(peerId).findLast(({ from }) => from === 'program')?.text ?? '';
}

function subscriptionScenes({ externalId, metDaysAgo, subscription }: SeedCustomer): Scene[] {
  if (subscription === undefined) return [];
  const { startedDaysAgo, expiresInDays, ...fields } = subscription;
  const play = async (world: SeedWorld) => {
    const day = (ago: number) => dayOf(world, ago);
    const known = Math.min(startedDaysAgo, metDaysAgo);
    await world.api('PUT', `/subscriptions/${externalId}-GOI`, {
      ...{ ...fields, status: fields.status ?? 'active', customer: externalId },
      startedAt: day(startedDaysAgo - known),
      expiresAt: day(-(expiresInDays + known)),
    });
  };
  return [{ daysAgo: Math.min(startedDaysAgo, metDaysAgo), at: '09:00', play }];
}

function dayOf(world: SeedWorld, daysAgo: number): string {
  return new Date(world.now().getTime() - daysAgo * 86_400_000).toISOString();
}

async function reportUsage(world: SeedWorld, customer: string, values: Record<string, number>): Promise<void> {
  const at = world.now().toISOString();
  const items = Object.entries(values).map(([metric, value]) => ({
    ...{ customer, metric, value, at },
    idempotencyKey: `seed ${customer} ${metric} ${at}`,
  }));
  await world.api('POST', '/usage', items);
}
