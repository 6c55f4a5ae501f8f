// What staff do with a customer's conversation in the inbox, by the customer's number in the CRM.
import { z } from 'zod';
import type { StaffPerson } from './hire-staff.ts';
import type { SeedWorld } from './open-seed-world.ts';

export type Desk = {
  take(by: StaffPerson, customer: string): Promise<void>;
  reply(by: StaffPerson, customer: string, text: string): Promise<void>;
  note(by: StaffPerson, customer: string, text: string, mentions?: string[]): Promise<void>;
  snooze(by: StaffPerson, customer: string, hours: number): Promise<void>;
  resolve(by: StaffPerson, customer: string, survey: boolean): Promise<void>;
  handBack(by: StaffPerson, customer: string): Promise<void>;
  work(by: StaffPerson, customer: string, kind: 'case' | 'task', words: string, dueInHours: number): Promise<void>;
};

const conversations = z.object({ items: z.array(z.object({ id: z.uuid() })) });
const timeline = z.object({ newestStaffMessageId: z.string().nullable() });

export function openDesk(world: SeedWorld): Desk {
  const placeOf = async (customer: string) => {
    const found = conversations.parse(await world.api('GET', `/conversations?customer=${customer}`)).items[0];
    if (found === undefined) throw new Error(`${customer} has no conversation.`);
    return `/inbox/conversations/${found.id}`;
  };
  const post = async (by: StaffPerson, customer: string, act: string, body: unknown) => {
    await world.as(by, 'POST', `${await placeOf(customer)}/${act}`, body);
  };
  const inHours = (hours: number) => new Date(world.now().getTime() + hours * 3_600_000).toISOString();
  return {
    take: (by, customer) => post(by, customer, 'take', {}),
    reply: async (by, customer, text) => {
      const place = await placeOf(customer);
      const read = timeline.parse(await world.as(by, 'GET', `${place}/timeline`));
      await world.as(by, 'POST', `${place}/messages`, { text, seenStaffMessageId: read.newestStaffMessageId });
    },
    note: (by, customer, text, mentions = []) => post(by, customer, 'notes', { text, mentions }),
    snooze: (by, customer, hours) => post(by, customer, 'snooze', { until: inHours(hours) }),
    resolve: (by, customer, survey) => post(by, customer, 'resolve', { survey }),
    handBack: (by, customer) => post(by, customer, 'hand-back', { how: 'end' }),
    work: (by, customer, kind, words, hours) =>
      post(by, customer, 'work', { kind, words, ownerId: by.id, dueAt: inHours(hours) }),
  };
}
