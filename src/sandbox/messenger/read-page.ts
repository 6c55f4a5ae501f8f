// Messenger's reading side: profiles, conversations, the page, its messenger profile and subscription.
import { MINUTE_MS } from '../../clock.ts';
import { type Answer, type ApiCall, isRecord, readJsonBody } from '../answer-call.ts';
import type { Person, ShownMessage } from '../sandbox-schema.ts';
import { findPerson, nowMs, type World } from '../world.ts';
import { badParameter, refuseGraph } from './refuse.ts';

const HISTORY_LENGTH = 20;
const PROFILE_CALLS = 10;
const PROFILE_PERIOD_MS = 10 * MINUTE_MS;

/** GET /{id}: the page itself, a person, a conversation or a message. */
export function readNode(world: World, call: ApiCall): Answer {
  const id = call.params.id ?? '';
  if (id === 'me' || id === world.credentials.messengerPageId)
    return { status: 200, body: { id: world.credentials.messengerPageId, name: 'Gắn Bó (thử)' } };
  const person = findPerson(world, 'messenger', id);
  if (person !== null) return readProfile(world, call, person);
  const talker = messengerPeople(world).find((each) => conversationId(each) === id);
  if (talker !== undefined) return { status: 200, body: describeConversation(world, talker, true) };
  for (const each of messengerPeople(world)) {
    const message = each.messages.find((candidate) => candidate.id === id);
    if (message !== undefined) return { status: 200, body: describeMessage(world, each, message) };
  }
  const message = `Unsupported get request. Object with ID '${id}' does not exist or is not accessible`;
  return refuseGraph(world.random, { code: 100, subcode: 33, message });
}

/** Known only once the person has written or tapped; the given name is the last word of a Vietnamese name. */
function readProfile(world: World, call: ApiCall, person: Person): Answer {
  if (person.lastInteractionAt === null) return { status: 200, body: {} };
  const words = person.name.split(' ');
  const all: Record<string, string> = {
    id: person.id,
    name: person.name,
    first_name: words.at(-1) ?? person.name,
    last_name: words.slice(0, -1).join(' '),
    profile_pic: `${world.url}/phone/avatar.svg`,
  };
  const wanted = (call.query.get('fields') ?? 'first_name,last_name,profile_pic').split(',');
  const picked = wanted.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]]));
  return { status: 200, body: { ...Object.fromEntries(picked), id: person.id } };
}

/** GET /{page}/conversations?platform=messenger&user_id=. */
export function listConversations(world: World, call: ApiCall): Answer {
  const userId = call.query.get('user_id');
  const withMessages = (call.query.get('fields') ?? '').includes('messages');
  const data = messengerPeople(world)
    .filter((person) => person.messages.length > 0 && (userId === null || person.id === userId))
    .map((person) => describeConversation(world, person, withMessages));
  return { status: 200, body: { data } };
}

const conversationId = (person: Person): string => `t_${person.id}`;

function describeConversation(world: World, person: Person, withMessages: boolean): Record<string, unknown> {
  const newest = person.messages.toReversed().slice(0, HISTORY_LENGTH);
  const paging = person.messages.length > HISTORY_LENGTH ? { paging: { next: `${world.url}/next` } } : {};
  return {
    id: conversationId(person),
    link: `/messages/${person.id}`,
    updated_time: person.messages.at(-1)?.at ?? world.clock.now().toISOString(),
    ...(withMessages
      ? { messages: { data: newest.map((message) => describeMessage(world, person, message)), ...paging } }
      : {}),
  };
}

function describeMessage(world: World, person: Person, message: ShownMessage): Record<string, unknown> {
  const page = { id: world.credentials.messengerPageId, name: 'Gắn Bó (thử)' };
  const customer = { id: person.id, name: person.name };
  const isFromPerson = message.from === 'person';
  return {
    id: message.id,
    // Whole seconds, and an offset without a colon.
    created_time: message.at.replace(/\.\d+Z$/, '+0000'),
    from: isFromPerson ? customer : page,
    to: { data: [isFromPerson ? page : customer] },
    // Templates and media show no words here.
    message: message.kind === 'text' && message.choices.length + message.links.length === 0 ? message.text : '',
  };
}

export type ProfileEdge = { read(call: ApiCall): Answer; write(call: ApiCall): Answer; remove(call: ApiCall): Answer };

/** /{page}/messenger_profile: 10 calls per 10 minutes. */
export function createProfileEdge(world: World): ProfileEdge {
  let calls: number[] = [];
  const limited = (work: () => Answer): Answer => {
    calls = calls.filter((at) => at > nowMs(world) - PROFILE_PERIOD_MS);
    if (calls.length >= PROFILE_CALLS)
      return refuseGraph(world.random, { code: 613, message: 'Calls to this api have exceeded the rate limit.' });
    calls.push(nowMs(world));
    return work();
  };
  const stored = world.state.messengerProfile;
  return {
    read: (call) =>
      limited(() => {
        const fields = (call.query.get('fields') ?? '').split(',');
        const found = fields.flatMap((field) => (stored[field] === undefined ? [] : [[field, stored[field]]]));
        return { status: 200, body: { data: found.length === 0 ? [] : [Object.fromEntries(found)] } };
      }),
    write: (call) =>
      limited(() => {
        const body = readJsonBody(call);
        if (!body.ok) return refuseGraph(world.random, badParameter('body'));
        const problem = checkProfile({ ...stored, ...body.value });
        if (problem !== null) return refuseGraph(world.random, { ...badParameter(problem), subcode: 2018145 });
        Object.assign(stored, body.value);
        world.events.emit('change');
        return { status: 200, body: { result: 'success' } };
      }),
    remove: (call) =>
      limited(() => {
        const body = readJsonBody(call);
        const fields = body.ok && Array.isArray(body.value.fields) ? body.value.fields : [];
        for (const field of fields) delete stored[String(field)];
        world.events.emit('change');
        return { status: 200, body: { result: 'success' } };
      }),
  };
}

const MENU_ITEMS = 20;
const ICE_BREAKERS = 4;

function checkProfile(profile: Record<string, unknown>): string | null {
  const { persistent_menu: menus, get_started: getStarted, ice_breakers: breakers } = profile;
  if (menus !== undefined && getStarted === undefined) return 'persistent_menu needs get_started';
  if (tooMany(menus, MENU_ITEMS)) return 'persistent_menu';
  if (tooMany(breakers, ICE_BREAKERS)) return 'ice_breakers';
  return null;
}

function tooMany(value: unknown, limit: number): boolean {
  if (value === undefined) return false;
  if (!Array.isArray(value) || !value.some((each) => isRecord(each) && each.locale === 'default')) return true;
  return value.some(
    (each) => isRecord(each) && Array.isArray(each.call_to_actions) && each.call_to_actions.length > limit,
  );
}

export function subscribeApp(world: World, call: ApiCall): Answer {
  const body = readJsonBody(call);
  const given = call.query.get('subscribed_fields') ?? (body.ok ? body.value.subscribed_fields : null);
  const fields = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? given.split(',') : [];
  if (fields.length === 0) return refuseGraph(world.random, badParameter('subscribed_fields'));
  world.state.subscribedFields = fields;
  world.events.emit('change');
  return { status: 200, body: { success: true } };
}

export function listSubscriptions(world: World): Answer {
  const { subscribedFields } = world.state;
  const app = {
    category: 'Business',
    name: 'Gắn Bó',
    id: world.credentials.messengerAppId,
    subscribed_fields: subscribedFields,
  };
  return { status: 200, body: { data: subscribedFields.length === 0 ? [] : [app] } };
}

const messengerPeople = (world: World): Person[] =>
  world.state.people.filter((person) => person.channel === 'messenger');
