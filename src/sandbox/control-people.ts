// Control by method: what tests call, and what the phone page reaches over HTTP.
import { once } from 'node:events';
import type { z } from 'zod';
import { type ActInput, type ActResult, actSchema, actTitles } from './act-schema.ts';
import { createPsid, createZaloUserId } from './create-ids.ts';
import { actOnMessenger } from './messenger/act-as-person.ts';
import { buildMessengerWebhook, signMessenger } from './messenger/send-events.ts';
import {
  type Person,
  personSchema,
  type SandboxChannel,
  type ShownMessage,
  type UtilityTemplate,
  utilityTemplateSchema,
  znsTemplateSchema,
} from './sandbox-schema.ts';
import type { WebhookAnswer, WebhookSender } from './send-webhooks.ts';
import { personChanged, type World, writeJournal } from './world.ts';
import { actOnZalo } from './zalo/act-as-person.ts';
import { buildZaloWebhook } from './zalo/send-events.ts';

/** A person or the id of one. */
export type PersonRef = string | { id: string };
export type NewPerson = { channel: SandboxChannel; name: string; phone?: string | null; id?: string };

export type PeopleControl = ReturnType<typeof createPeopleControl>;

const WAIT_MS = 10_000;

export function createPeopleControl(world: World, webhooks: WebhookSender) {
  const deps = { world, webhooks };
  const act = (ref: PersonRef, input: ActInput) => actAs(deps, findPersonByRef(world, ref), input);
  /** Like act; what cannot be done throws. Returns the provider's id of the bubble it made, if any. */
  const mustAct = (ref: PersonRef, input: ActInput): string | null => {
    const result = act(ref, input);
    if (!result.ok) throw new Error(result.reason);
    return result.messageId;
  };
  return {
    act,
    ...createActs(mustAct),
    ...createTemplateControl(world),
    createPerson: (input: NewPerson): Person => createPerson(world, input),
    removePerson(ref: PersonRef): void {
      const person = findPersonByRef(world, ref);
      world.state.people.splice(world.state.people.indexOf(person), 1);
      world.events.emit('removed', person);
      world.events.emit('change');
    },
    /** What the person's phone shows, oldest first. */
    shownTo: (ref: PersonRef): ShownMessage[] =>
      findPersonByRef(world, ref).messages.filter((message) => !message.isHidden),
    waitForMessage: (ref: PersonRef, wanted: MessageWish = {}) =>
      waitForMessage(world, findPersonByRef(world, ref), wanted),
    rawWebhook: (webhook: RawWebhook) => sendRaw(deps, webhook),
    /** Any event that has no method of its own, signed and retried like the others. */
    sendEvent(channel: SandboxChannel, event: Record<string, unknown> & { event_name: string }): void {
      const isZalo = channel === 'zalo';
      const { event_name: name, ...bare } = event;
      webhooks.queue(isZalo ? buildZaloWebhook(world, event, null) : buildMessengerWebhook(world, bare, name, null));
    },
  };
}

/** Unknown people are a bug of the caller: throws. */
function findPersonByRef(world: World, ref: PersonRef): Person {
  const id = typeof ref === 'string' ? ref : ref.id;
  const person = world.state.people.find((each) => each.id === id);
  if (person === undefined) throw new Error(`No person ${id} in the sandbox.`);
  return person;
}

function actAs(deps: { world: World; webhooks: WebhookSender }, person: Person, input: ActInput): ActResult {
  const act = actSchema.parse(input);
  const result = person.channel === 'zalo' ? actOnZalo(deps, person, act) : actOnMessenger(deps, person, act);
  if (result.ok && act.type !== 'read')
    writeJournal(deps.world, {
      channel: person.channel,
      personId: person.id,
      kind: 'person',
      isOk: true,
      title: actTitles[act.type],
      detail: '',
    });
  return result;
}

type Emoji = Extract<ActInput, { type: 'react' }>['emoji'];

function createActs(act: (ref: PersonRef, input: ActInput) => string | null) {
  return {
    follow: (ref: PersonRef) => act(ref, { type: 'follow' }),
    unfollow: (ref: PersonRef) => act(ref, { type: 'unfollow' }),
    openChat: (ref: PersonRef, code?: string) =>
      act(ref, { type: 'open_chat', ...(code === undefined ? {} : { ref: code }) }),
    write: (ref: PersonRef, text: string, quoteMessageId?: string) =>
      act(ref, { type: 'write', text, ...(quoteMessageId === undefined ? {} : { quoteMessageId }) }),
    tap: (ref: PersonRef, choice: string) => act(ref, { type: 'tap', choice }),
    sendSticker: (ref: PersonRef, name = 'like') => act(ref, { type: 'sticker', name }),
    sendImage: (ref: PersonRef, url?: string) => act(ref, { type: 'image', ...(url === undefined ? {} : { url }) }),
    sendLocation: (ref: PersonRef) => act(ref, { type: 'location' }),
    sendContactCard: (ref: PersonRef, card: { name: string; phone: string }) =>
      act(ref, { type: 'contact_card', ...card }),
    react: (ref: PersonRef, messageId: string, emoji: Emoji) => act(ref, { type: 'react', messageId, emoji }),
    markRead: (ref: PersonRef) => act(ref, { type: 'read' }),
    block: (ref: PersonRef) => act(ref, { type: 'block' }),
    unblock: (ref: PersonRef) => act(ref, { type: 'unblock' }),
    humanReply: (ref: PersonRef, text: string, adminId?: string) =>
      act(ref, { type: 'human_reply', text, ...(adminId === undefined ? {} : { adminId }) }),
    refer: (ref: PersonRef, code: string) => act(ref, { type: 'refer', ref: code }),
    submitInfo: (ref: PersonRef, info: { name: string; phone: string; address?: string }) =>
      act(ref, { type: 'submit_info', ...info }),
    giveFeedback: (ref: PersonRef, score: number, comment?: string) =>
      act(ref, { type: 'feedback', score, ...(comment === undefined ? {} : { comment }) }),
  };
}

function createTemplateControl(world: World) {
  const { state } = world;
  return {
    registerZnsTemplate(template: z.input<typeof znsTemplateSchema>): void {
      const rest = state.znsTemplates.filter((each) => each.id !== template.id);
      state.znsTemplates = [...rest, znsTemplateSchema.parse(template)];
      world.events.emit('change');
    },
    registerUtilityTemplate(template: z.input<typeof utilityTemplateSchema>): void {
      const isSame = (each: UtilityTemplate) => each.name === template.name && each.language === template.language;
      const rest = state.utilityTemplates.filter((each) => !isSame(each));
      state.utilityTemplates = [...rest, utilityTemplateSchema.parse(template)];
      world.events.emit('change');
    },
  };
}

function createPerson(world: World, input: NewPerson): Person {
  const makeId = input.channel === 'zalo' ? createZaloUserId : createPsid;
  const person = personSchema.parse({
    id: input.id ?? makeId(world.random),
    channel: input.channel,
    name: input.name,
    phone: input.phone ?? null,
    userIdByApp: createZaloUserId(world.random),
  });
  world.state.people.push(person);
  personChanged(world, person);
  return person;
}

export type MessageWish = {
  text?: string | RegExp;
  from?: ShownMessage['from'];
  /** Only what is shown after the bubble with this id; unset = anything on the screen counts. */
  after?: string | null;
  /** Real milliseconds; a guard, not a wait. */
  timeoutMs?: number;
};

/** The first bubble from the account that fits, now or as soon as it is shown; rejects when the guard's time is over. */
async function waitForMessage(world: World, person: Person, wanted: MessageWish): Promise<ShownMessage> {
  const guard = AbortSignal.timeout(wanted.timeoutMs ?? WAIT_MS);
  for (;;) {
    const found = searchAfter(person, wanted.after ?? null).find((message) => fits(message, wanted));
    if (found !== undefined) return found;
    try {
      await once(world.events, `message:${person.id}`, { signal: guard });
    } catch {
      const seen = person.messages.map((message) => `${message.from}: ${message.text}`).join('\n');
      throw new Error(`${person.name} was not shown ${String(wanted.text ?? 'a message')}. The phone shows:\n${seen}`);
    }
  }
}

function searchAfter(person: Person, id: string | null): ShownMessage[] {
  return person.messages.slice(id === null ? 0 : person.messages.findIndex((message) => message.id === id) + 1);
}

function fits(message: ShownMessage, wanted: MessageWish): boolean {
  if (wanted.from === undefined ? message.from === 'person' : message.from !== wanted.from) return false;
  if (wanted.text === undefined) return true;
  return typeof wanted.text === 'string' ? message.text.includes(wanted.text) : wanted.text.test(message.text);
}

export type RawWebhook = {
  channel: SandboxChannel;
  body: Buffer | string;
  headers?: Record<string, string>;
  /** Adds Messenger's valid signature over the bytes. */
  sign?: boolean;
};

/** Posts exactly these bytes, once; answers with what came back (status 0 = nobody there). */
function sendRaw(deps: { world: World; webhooks: WebhookSender }, webhook: RawWebhook): Promise<WebhookAnswer> {
  const raw = Buffer.from(webhook.body);
  const isSigned = webhook.sign === true && webhook.channel === 'messenger';
  const signature = signMessenger(raw, deps.world.credentials.messengerAppSecret);
  return deps.webhooks.sendOnce({
    channel: webhook.channel,
    personId: null,
    event: 'raw',
    raw,
    headers: {
      'content-type': 'application/json',
      ...(isSigned ? { 'x-hub-signature-256': signature } : {}),
      ...webhook.headers,
    },
  });
}
