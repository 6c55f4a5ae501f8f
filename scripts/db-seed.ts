// npm run db:seed: a handful of invented customers at different places of their life, so that every screen and rule has
// something to show. They stand in the CRM's records and in the sandbox's phone book alike. May be run again.
import { randomBytes } from 'node:crypto';
import { type Clock, createMovableClock, DAY_MS } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import { customerFields } from '../src/customers/customer-schema.ts';
import { orderFields } from '../src/customers/order-schema.ts';
import { recordOrder } from '../src/customers/record-order.ts';
import { recordUsage } from '../src/customers/record-usage.ts';
import { saveCustomer } from '../src/customers/save-customer.ts';
import { saveSubscription } from '../src/customers/save-subscription.ts';
import { subscriptionFields } from '../src/customers/subscription-schema.ts';
import type { Database } from '../src/database.ts';
import { createIdMaker } from '../src/ids.ts';
import { identityIdOf } from '../src/inbound/event-id.ts';
import { keepState } from '../src/sandbox/keep-state.ts';
import { personSchema, type SandboxState } from '../src/sandbox/sandbox-schema.ts';
import { withDatabase } from './open-database.ts';
import {
  readSandboxState,
  refuseRealDatabase,
  refuseRemoteDatabase,
  sandboxStatePath,
} from './refuse-real-database.ts';
import { type SeedCustomer, seedCustomers } from './seed-customers.ts';

await withDatabase(async ({ db }, config) => {
  await refuseRealDatabase(db.pool, config.dataDir);
  const sandbox = readSandboxState(config.dataDir);
  const clock = createMovableClock(undefined, sandbox.clockOffsetMs);
  for (const seed of seedCustomers) {
    addToPhoneBook(sandbox, seed);
    await addToRecords(db, { config, clock, sandbox }, seed);
    console.log(`${seed.externalId}  ${seed.name.padEnd(20)} ${seed.channel.padEnd(9)}  ${seed.story}`);
  }
  keepState(sandboxStatePath(config.dataDir), sandbox).saveNow();
  console.log('\nnpm start, then choose one of them on the phone at /sandbox.');
}, refuseRemoteDatabase);

function addToPhoneBook(state: SandboxState, { channel, peerId, name, phone }: SeedCustomer): void {
  if (state.people.some((person) => person.id === peerId)) return;
  const userIdByApp = BigInt(`0x${randomBytes(7).toString('hex')}`).toString();
  state.people.push(personSchema.parse({ id: peerId, channel, name, phone, userIdByApp }));
}

type Context = { config: Config; clock: Clock; sandbox: SandboxState };

/** What a CRM would send over REST, in one transaction. Dates are planned by the program when it starts. */
async function addToRecords(db: Database, { config, clock, sandbox }: Context, seed: SeedCustomer): Promise<void> {
  const { zaloOaId: zalo, messengerPageId: messenger } = sandbox.credentials;
  const base = { clock, newId: createIdMaker(clock), timeZone: config.timeZone };
  const at = (days: number) => new Date(clock.now().getTime() + days * DAY_MS).toISOString();
  const { externalId: customer, subscription, usage, order } = seed;
  await db.transaction(async (client) => {
    await saveCustomer(
      { ...base, accounts: { zalo, messenger }, identityIdOf },
      client,
      customer,
      customerFields.parse({
        name: seed.name,
        formOfAddress: seed.formOfAddress,
        phone: seed.phone,
        industry: seed.industry,
        identities: { [seed.channel]: seed.peerId },
        consents: seed.consents,
      }),
    );
    await saveSubscription(
      { ...base, onSubscriptionSaved: async () => undefined, planRank: () => null },
      client,
      `${customer}-GOI`,
      subscriptionFields.parse({
        customer,
        product: subscription.product,
        plan: subscription.plan,
        value: subscription.value,
        status: subscription.status,
        startedAt: at(subscription.startedInDays),
        expiresAt: at(subscription.expiresInDays),
        owner: 'lan.nguyen',
      }),
    );
    const items = usage.map(({ metric, value }) => ({
      customer,
      metric,
      value,
      at: at(0),
      idempotencyKey: `seed:${customer}:${metric}:${value}`,
    }));
    if (items.length > 0) await recordUsage(base, client, items);
    if (order) {
      const fields = { id: `${customer}-DH`, customer, amount: order.amount, at: at(order.inDays) };
      await recordOrder({ ...base, attributeOrder: async () => undefined }, client, orderFields.parse(fields));
    }
  });
}
