// Zalo's reading side: people, tags, quota, history, the OA itself (contract sheet, 3.8). GET parameters are one JSON in `data`.
import { type Answer, type ApiCall, parseObject, readJsonBody } from '../answer-call.ts';
import type { Person, ShownMessage } from '../sandbox-schema.ts';
import { findPerson, personChanged, type World } from '../world.ts';
import { accept, refuse } from './refuse.ts';

export function readUserDetail(world: World, call: ApiCall): Answer {
  const person = readPerson(world, readData(call)?.user_id);
  if (person === null) return refuse(-201, 'user_id is invalid');
  return accept({
    user_id: person.id,
    user_id_by_app: person.userIdByApp,
    user_external_id: '',
    display_name: person.name,
    user_alias: person.name,
    is_sensitive: false,
    user_last_interaction_date: dateOf(person.lastInteractionAt),
    user_is_follower: person.isFollowing,
    avatar: `${world.url}/phone/avatar.svg`,
    avatars: { 120: `${world.url}/phone/avatar.svg`, 240: `${world.url}/phone/avatar.svg` },
    dynamic_param: '',
    tags_and_notes_info: { notes: [], tag_names: person.tags },
    ...(person.phone === null
      ? {}
      : { shared_info: { name: person.name, phone: person.phone, address: '', city: '', district: '' } }),
  });
}

export function listUsers(world: World, call: ApiCall): Answer {
  const data = readData(call);
  const offset = Number(data?.offset ?? Number.NaN);
  const count = Number(data?.count ?? Number.NaN);
  if (!Number.isInteger(offset) || !Number.isInteger(count) || count < 1) return refuse(-201);
  if (count > 50 || offset > 9_951) return refuse(-210);
  const all = zaloPeople(world).filter(
    (person) =>
      (data?.is_follower === undefined || String(person.isFollowing) === String(data.is_follower)) &&
      (typeof data?.tag_name !== 'string' || person.tags.includes(data.tag_name)),
  );
  const users = all.slice(offset, offset + count).map((person) => ({ user_id: person.id }));
  return accept({ total: all.length, count: users.length, offset, users });
}

export function readQuota(world: World, call: ApiCall): Answer {
  const body = readJsonBody(call);
  if (!body.ok) return refuse(-201, 'Body data is invalid!');
  if (body.value.user_id === undefined) return listQuota(world, body.value);
  const person = readPerson(world, body.value.user_id);
  if (person === null) return refuse(-201, 'user_id is invalid');
  return accept({
    last_interaction: String(person.lastInteractionAt ?? 0),
    cs_reply: { remain: 8, total: 8 },
    promotion: { daily_remain: 0, daily_total: 0, monthly_remain: 0, monthly_total: 0 },
  });
}

function listQuota(world: World, body: Record<string, unknown>): Answer {
  if (typeof body.quota_owner !== 'string' || typeof body.product_type !== 'string') return refuse(-201);
  return accept([
    {
      asset_id: 'sandbox-asset',
      product_type: body.product_type,
      quota_type: 'sub_quota',
      valid_through: '31/12/2026',
      total: 500,
      remain: world.state.zaloSubQuota,
    },
  ]);
}

/** The last messages of one chat, newest first: how a missed answer can be looked up. */
export function readConversation(world: World, call: ApiCall): Answer {
  const data = readData(call);
  const person = readPerson(world, data?.user_id);
  if (person === null) return refuse(-201, 'user_id is invalid');
  return listMessages(
    world,
    data,
    person.messages.map((message) => ({ person, message })),
  );
}

export function listRecentChat(world: World, call: ApiCall): Answer {
  const lastOfEach = zaloPeople(world).flatMap((person) => {
    const message = person.messages.at(-1);
    return message === undefined ? [] : [{ person, message }];
  });
  return listMessages(
    world,
    readData(call),
    lastOfEach.toSorted((a, b) => a.message.at.localeCompare(b.message.at)),
  );
}

type Said = { person: Person; message: ShownMessage };

function listMessages(world: World, data: Record<string, unknown> | null, said: Said[]): Answer {
  const offset = Number(data?.offset ?? 0);
  const count = Number(data?.count ?? Number.NaN);
  if (!Number.isInteger(count) || count < 1) return refuse(-201, 'count is invalid!');
  if (count > 10) return refuse(-210);
  return accept(
    said
      .toReversed()
      .slice(offset, offset + count)
      .map(({ person, message }) => describeMessage(world, person, message)),
  );
}

const HISTORY_TYPES: Partial<Record<ShownMessage['kind'], string>> = {
  image: 'photo',
  sticker: 'sticker',
  location: 'location',
  audio: 'voice',
  list: 'links',
};

function describeMessage(world: World, person: Person, message: ShownMessage): Record<string, unknown> {
  const isFromPerson = message.from === 'person';
  const oa = world.credentials.zaloOaId;
  return {
    src: isFromPerson ? 1 : 0,
    time: Date.parse(message.at),
    sent_time: message.at,
    type: HISTORY_TYPES[message.kind] ?? 'text',
    message: message.text,
    message_id: message.id,
    from_id: isFromPerson ? person.id : oa,
    to_id: isFromPerson ? oa : person.id,
    from_display_name: isFromPerson ? person.name : 'Gắn Bó (thử)',
    to_display_name: isFromPerson ? 'Gắn Bó (thử)' : person.name,
    ...(message.mediaUrl === null ? {} : { url: message.mediaUrl }),
  };
}

export function changeTags(world: World, call: ApiCall): Answer {
  const body = readJsonBody(call);
  const tag = body.ok ? body.value.tag_name : undefined;
  if (!body.ok || typeof tag !== 'string' || tag === '') return refuse(-201, 'tag_name is invalid!');
  const withoutTag = (person: Person) => {
    person.tags = person.tags.filter((name) => name !== tag);
    personChanged(world, person);
  };
  if (call.params.verb === 'rmtag') {
    zaloPeople(world).forEach(withoutTag);
    return accept({});
  }
  const person = readPerson(world, body.value.user_id);
  if (person === null) return refuse(-201, 'user_id is invalid');
  withoutTag(person);
  if (call.params.verb === 'tagfollower') person.tags.push(tag);
  return accept({});
}

export function listTags(world: World): Answer {
  return accept([...new Set(zaloPeople(world).flatMap((person) => person.tags))]);
}

export function readOa(world: World): Answer {
  return accept({
    oa_id: world.credentials.zaloOaId,
    oaid: world.credentials.zaloOaId,
    name: 'Gắn Bó (thử)',
    is_verified: true,
    oa_type: 2,
    num_follower: zaloPeople(world).filter((person) => person.isFollowing).length,
    avatar: `${world.url}/phone/avatar.svg`,
    package_name: 'Growth',
    package_valid_through_date: '31/12/2026',
    linked_ZCA: 'sandbox',
  });
}

function readData(call: ApiCall): Record<string, unknown> | null {
  const parsed = parseObject(call.query.get('data') ?? '');
  return parsed.ok ? parsed.value : null;
}

const zaloPeople = (world: World): Person[] => world.state.people.filter((person) => person.channel === 'zalo');

const readPerson = (world: World, id: unknown): Person | null =>
  typeof id === 'string' ? findPerson(world, 'zalo', id) : null;

function dateOf(at: number | null): string {
  if (at === null) return '';
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date(at));
}
