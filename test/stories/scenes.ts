// What stories are told with: people who write and look at their phones, integrators who name them, rows that remember.

import { conversationList } from '../../src/inbox/conversation-schema.ts';
import { touchpointPage } from '../../src/ledger/touchpoint-schema.ts';
import type { ShownMessage } from '../../src/sandbox/sandbox-schema.ts';
import type { Stage } from './stage.ts';

export const CHANNELS = ['zalo', 'messenger'] as const;
export type ChannelName = (typeof CHANNELS)[number];
export type Somebody = { id: string; channel: ChannelName };

/** The three ways on from the welcome. */
export const WELCOME_CHOICES = ['Hướng dẫn sử dụng', 'Đặt lịch đào tạo', 'Gặp nhân viên'];

/** For tables of words: what they mean does not depend on the channel, so the channels take turns. */
export function inTurns(words: string, index: number): [string, ChannelName] {
  return [words, index % 2 === 0 ? 'zalo' : 'messenger'];
}

/** Everything that the person's phone shows of what the program said, oldest first. */
export function shownBy(stage: Stage, person: { id: string }): ShownMessage[] {
  return stage.sandbox.shownTo(person).filter((message) => message.from === 'program');
}

export function said(stage: Stage, person: { id: string }): string[] {
  return shownBy(stage, person).map((message) => message.text);
}

/** Buttons or chips of a bubble, by title. */
export function choicesOf(message: ShownMessage | undefined): string[] {
  return [...(message?.choices ?? []), ...(message?.quickReplies ?? [])].map((choice) => choice.title);
}

/** A new person who has just been welcomed. */
export async function welcomed(stage: Stage, channel: ChannelName, name = 'Nguyễn Thị Lan'): Promise<Somebody> {
  const { id } = stage.sandbox.createPerson({ channel, name });
  if (channel === 'zalo') stage.sandbox.follow(id);
  else stage.sandbox.write(id, 'Chào shop');
  await stage.settle();
  return { id, channel };
}

/** Does something and answers with the bubbles that the program showed the person since. */
export async function afterDoing(stage: Stage, person: { id: string }, act: () => unknown): Promise<ShownMessage[]> {
  const before = shownBy(stage, person).length;
  await act();
  await stage.settle();
  return shownBy(stage, person).slice(before);
}

export function afterWriting(stage: Stage, person: { id: string }, ...texts: string[]): Promise<ShownMessage[]> {
  return afterDoing(stage, person, () => {
    for (const text of texts) stage.sandbox.write(person, text);
  });
}

export function afterTapping(stage: Stage, person: { id: string }, choice: string): Promise<ShownMessage[]> {
  return afterDoing(stage, person, () => stage.sandbox.tap(person, choice));
}

let known = 0;

/** The integrator names the person; answers with the customer's external id. */
export async function nameCustomer(stage: Stage, ...identities: Somebody[]): Promise<string> {
  known += 1;
  const customer = `kh-${known}`;
  const answer = await stage.api('PUT', `/api/v1/customers/${customer}`, {
    identities: Object.fromEntries(identities.map(({ channel, id }) => [channel, id])),
  });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return customer;
}

/** Calls the API, insists on 200 and lets everything happen that follows. */
export async function must(
  stage: Stage,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const answer = await stage.api(method, path, body);
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  if (method !== 'GET') await stage.settle();
  return answer.body;
}

/** The conversation of a customer on one channel (the last active when none is named), as REST shows it. */
export async function conversationOf(stage: Stage, customer: string, channel?: ChannelName) {
  const { items } = conversationList.parse(await must(stage, 'GET', `/api/v1/conversations?customer=${customer}`));
  const found = items.find((item) => channel === undefined || item.channel === channel);
  if (!found) throw new Error(`${customer} has no conversation${channel ? ` on ${channel}` : ''}.`);
  return found;
}

/** The ledger of a customer, oldest first; only the kinds named, when any are. */
export async function ledgerOf(stage: Stage, customer: string, ...kinds: string[]) {
  const filter = kinds.length === 0 ? '' : `&kind=${kinds.join(',')}`;
  const page = await must(stage, 'GET', `/api/v1/customers/${customer}/touchpoints?limit=200${filter}`);
  return touchpointPage.parse(page).items.toReversed();
}

/** What the pretend providers accepted for this person. */
export function acceptedFor(stage: Stage, person: { id: string }) {
  return stage.sandbox.ledger.filter((sent) => sent.personId === person.id);
}

export type OutboxRow = { status: string; reason: string | null; text: string; purpose: string };

/** The outbox of a person, oldest first. */
export async function outboxOf(stage: Stage, person: { id: string }): Promise<OutboxRow[]> {
  const { rows } = await stage.db.pool.query<OutboxRow>(
    `SELECT o.status, o.reason, o.content ->> 'text' AS text, o.purpose FROM outbound_messages o
     JOIN channel_identities i ON i.id = o.identity_id WHERE i.external_id = $1 ORDER BY o.seq`,
    [person.id],
  );
  return rows;
}

export const inDays = (stage: Stage, days: number): string =>
  new Date(stage.clock.now().getTime() + days * 86_400_000).toISOString();
