// What a person can do on Zalo, as the webhooks that Zalo would send.
import { type Act, type ActResult, cannot, done, reactionNames } from '../act-schema.ts';
import { findChoice } from '../find-choice.ts';
import type { NewMessage, Person, ShownMessage } from '../sandbox-schema.ts';
import { stickers } from '../stickers.ts';
import { nowMs, personChanged, showMessage } from '../world.ts';
import { buildZaloWebhook, type EventSender, sendEcho, sendFromPerson, sendSeen } from './send-events.ts';

type ActOf<T extends Act['type']> = Extract<Act, { type: T }>;

/** Does it, or says in Vietnamese why it cannot be done. */
export function actOnZalo(deps: EventSender, person: Person, act: Act): ActResult {
  const isOutgoing = !['block', 'unblock', 'human_reply', 'read', 'unfollow'].includes(act.type);
  if (person.isBlocking && isOutgoing) return cannot('Khách đang chặn OA: bỏ chặn rồi thử lại.');
  switch (act.type) {
    case 'follow':
    case 'unfollow':
      return changeFollow(deps, person, act.type);
    case 'open_chat':
      return openChat(deps, person);
    case 'write':
      return say(deps, person, 'user_send_text', { kind: 'text', text: act.text }, quoteOf(act));
    case 'tap':
      return tap(deps, person, act);
    case 'sticker':
      return sendSticker(deps, person, act);
    case 'image':
      return sendImage(deps, person, act);
    case 'location':
      return sendLocation(deps, person, act);
    case 'contact_card':
      return sendContactCard(deps, person, act);
    case 'react':
      return react(deps, person, act);
    case 'read':
      return readAll(deps, person);
    case 'block':
    case 'unblock':
      person.isBlocking = act.type === 'block';
      personChanged(deps.world, person);
      return done();
    case 'human_reply':
      return replyByHand(deps, person, act);
    case 'refer':
      return cannot('Zalo không có liên kết m.me: hãy dùng Messenger.');
    case 'submit_info':
      return submitInfo(deps, person, act);
    case 'feedback':
      return cannot('Zalo OA không có phiếu đánh giá này: khách chạm nút hoặc nhắn điểm.');
  }
}

const quoteOf = (act: ActOf<'write'>) => (act.quoteMessageId === undefined ? {} : { quote_msg_id: act.quoteMessageId });

function say(
  deps: EventSender,
  person: Person,
  eventName: string,
  bubble: Omit<NewMessage, 'id' | 'at' | 'from'>,
  extra: Record<string, unknown> = {},
): ActResult {
  readAll(deps, person);
  person.lastInteractionAt = nowMs(deps.world);
  person.hasOpenedChat = true;
  const quoted = person.messages.find((message) => message.id === extra.quote_msg_id);
  const shown = showMessage(deps.world, person, {
    ...bubble,
    from: 'person',
    state: 'sending',
    quotedText: quoted?.text ?? null,
  });
  const message = { ...(shown.text === '' ? {} : { text: shown.text }), msg_id: shown.id, ...extra };
  sendFromPerson(deps, person, { event_name: eventName, message }, shown);
  return done(shown.id);
}

/** follow and unfollow have no sender: the person stands in `follower`. */
function changeFollow(deps: EventSender, person: Person, verb: 'follow' | 'unfollow'): ActResult {
  const now = nowMs(deps.world);
  person.isFollowing = verb === 'follow';
  if (verb === 'follow') person.followedAt = now;
  if (verb === 'follow' && person.lastInteractionAt !== null) person.lastInteractionAt = now;
  personChanged(deps.world, person);
  const event = {
    oa_id: deps.world.credentials.zaloOaId,
    follower: { id: person.id },
    user_id_by_app: person.userIdByApp,
    event_name: verb,
    source: 'oa_profile',
  };
  deps.webhooks.queue(buildZaloWebhook(deps.world, event, person.id));
  return done();
}

function openChat(deps: EventSender, person: Person): ActResult {
  if (person.hasOpenedChat) return cannot('Khách đã từng mở khung chat: Zalo chỉ báo lần đầu.');
  person.hasOpenedChat = true;
  person.lastInteractionAt = nowMs(deps.world);
  personChanged(deps.world, person);
  const event = {
    event_name: 'user_click_chatnow',
    oa_id: deps.world.credentials.zaloOaId,
    user_id: person.id,
    user_id_by_app: person.userIdByApp,
  };
  deps.webhooks.queue(buildZaloWebhook(deps.world, event, person.id));
  return done();
}

/** A tap arrives as a plain text with the button's payload. */
function tap(deps: EventSender, person: Person, act: ActOf<'tap'>): ActResult {
  const found = findChoice(person, act.choice, act.messageId);
  if (found === null) return cannot(`Trên màn hình không có nút “${act.choice}”.`);
  const isHidden = found.choice.kind === 'query_hide';
  return say(deps, person, 'user_send_text', { kind: 'text', text: found.choice.payload, isHidden });
}

function sendSticker(deps: EventSender, person: Person, act: ActOf<'sticker'>): ActResult {
  const sticker = stickers.find((each) => each.name === act.name);
  if (sticker === undefined) return cannot(`Không có nhãn dán “${act.name}”.`);
  const url = `${deps.world.url}/phone/stickers/${sticker.name}.svg`;
  const attachments = [{ type: 'sticker', payload: { url, id: sticker.zaloId } }];
  return say(deps, person, 'user_send_sticker', { kind: 'sticker', mediaUrl: url }, { attachments });
}

function sendImage(deps: EventSender, person: Person, act: ActOf<'image'>): ActResult {
  const url = act.url ?? `${deps.world.url}/media/hoang-hon.png`;
  const attachments = [{ type: 'image', payload: { thumbnail: url, url } }];
  const bubble = { kind: 'image' as const, mediaUrl: url, text: act.caption ?? '' };
  return say(deps, person, 'user_send_image', bubble, { attachments });
}

/** Coordinates are strings on Zalo; the place's name is the text. */
function sendLocation(deps: EventSender, person: Person, act: ActOf<'location'>): ActResult {
  const coordinates = { latitude: String(act.latitude), longitude: String(act.longitude) };
  const attachments = [{ type: 'location', payload: { coordinates } }];
  const subtitle = `${coordinates.latitude}, ${coordinates.longitude}`;
  return say(deps, person, 'user_send_location', { kind: 'location', text: act.name, subtitle }, { attachments });
}

function sendContactCard(deps: EventSender, person: Person, act: ActOf<'contact_card'>): ActResult {
  const description = JSON.stringify({ phone: act.phone, qrCodeUrl: '' });
  const thumbnail = `${deps.world.url}/phone/avatar.svg`;
  const attachments = [{ type: 'link', payload: { description, thumbnail } }];
  const bubble = { kind: 'contact' as const, text: act.name, subtitle: act.phone };
  return say(deps, person, 'user_send_business_card', bubble, { attachments });
}

function react(deps: EventSender, person: Person, act: ActOf<'react'>): ActResult {
  const target = person.messages.find((message) => message.id === act.messageId);
  if (target === undefined) return cannot('Không còn thấy tin nhắn này.');
  target.reaction = act.emoji;
  personChanged(deps.world, person);
  const message = { msg_id: target.id, react_icon: reactionNames[act.emoji]?.zalo ?? '/-strong' };
  sendFromPerson(deps, person, { event_name: 'user_reacted_message', message });
  return done();
}

/** Zalo tells the app only about its own messages. */
function readAll(deps: EventSender, person: Person): ActResult {
  const unread = person.messages.filter((message) => message.from !== 'person' && message.state !== 'read');
  if (unread.length === 0) return done();
  for (const message of unread) message.state = 'read';
  personChanged(deps.world, person);
  const own = unread.filter((message) => message.from === 'program').map((message) => message.id);
  if (own.length > 0) sendSeen(deps, person, own);
  return done();
}

function replyByHand(deps: EventSender, person: Person, act: ActOf<'human_reply'>): ActResult {
  const shown: ShownMessage = showMessage(deps.world, person, {
    kind: 'text',
    from: 'staff',
    text: act.text,
    adminId: act.adminId,
  });
  sendEcho(deps, person, 'oa_send_text', shown);
  return done(shown.id);
}

function submitInfo(deps: EventSender, person: Person, act: ActOf<'submit_info'>): ActResult {
  person.lastInteractionAt = nowMs(deps.world);
  person.phone = act.phone;
  personChanged(deps.world, person);
  const full_address = { user_city: 'Thành phố Hồ Chí Minh', user_ward: '', user_address: act.address ?? '' };
  const info = { name: act.name, phone: act.phone, full_address };
  sendFromPerson(deps, person, { event_name: 'user_submit_info', info });
  return done();
}
