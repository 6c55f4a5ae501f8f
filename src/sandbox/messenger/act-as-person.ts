// What a person can do on Messenger, as the webhooks that Meta would send.
import { type Act, type ActResult, cannot, done, reactionNames } from '../act-schema.ts';
import { isRecord } from '../answer-call.ts';
import { findChoice } from '../find-choice.ts';
import type { NewMessage, Person } from '../sandbox-schema.ts';
import { stickers } from '../stickers.ts';
import { nowMs, personChanged, showMessage } from '../world.ts';
import { type EventSender, PAGE_INBOX_APP_ID, sendEcho, sendFromPerson, sendRead } from './send-events.ts';

type ActOf<T extends Act['type']> = Extract<Act, { type: T }>;

/** Does it, or says in Vietnamese why it cannot be done. */
export function actOnMessenger(deps: EventSender, person: Person, act: Act): ActResult {
  const isOutgoing = !['block', 'unblock', 'human_reply', 'read'].includes(act.type);
  if (person.isBlocking && isOutgoing) return cannot('Khách đang chặn trang: bỏ chặn rồi thử lại.');
  switch (act.type) {
    case 'follow':
    case 'unfollow':
      return cannot('Messenger không báo việc theo dõi trang: hãy nhắn hoặc bấm Bắt đầu.');
    case 'open_chat':
      return openChat(deps, person, act.ref);
    case 'write':
      return write(deps, person, act);
    case 'tap':
      return tap(deps, person, act);
    case 'sticker':
      return sendSticker(deps, person, act);
    case 'image':
      return sendImage(deps, person, act);
    case 'location':
      return sendLocation(deps, person, act);
    case 'contact_card':
      return say(deps, person, { kind: 'text', text: `${act.name} ${act.phone}` });
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
      return replyByHand(deps, person, act.text);
    case 'refer':
      return refer(deps, person, act.ref);
    case 'submit_info':
      return submitInfo(deps, person, act);
    case 'feedback':
      return giveFeedback(deps, person, act);
  }
}

function say(
  deps: EventSender,
  person: Person,
  bubble: Omit<NewMessage, 'id' | 'at' | 'from'>,
  extra: Record<string, unknown> = {},
): ActResult {
  readAll(deps, person);
  openWindow(deps, person);
  const shown = showMessage(deps.world, person, { ...bubble, from: 'person', state: 'sending' });
  const text = shown.text === '' || extra.attachments !== undefined ? {} : { text: shown.text };
  sendFromPerson(deps, person, 'messages', { message: { mid: shown.id, ...text, ...extra } }, shown);
  return done(shown.id);
}

function openWindow(deps: EventSender, person: Person): void {
  person.lastInteractionAt = nowMs(deps.world);
  person.hasOpenedChat = true;
}

function write(deps: EventSender, person: Person, act: ActOf<'write'>): ActResult {
  const quoted = person.messages.find((message) => message.id === act.quoteMessageId);
  if (quoted === undefined) return say(deps, person, { kind: 'text', text: act.text });
  const bubble = { kind: 'text' as const, text: act.text, quotedText: quoted.text };
  return say(deps, person, bubble, { reply_to: { mid: quoted.id } });
}

/** Chips come back as a message with quick_reply, buttons as a postback. */
function tap(deps: EventSender, person: Person, act: ActOf<'tap'>): ActResult {
  const found = findChoice(person, act.choice, act.messageId);
  if (found === null) return cannot(`Trên màn hình không có nút “${act.choice}”.`);
  const { kind, title, payload } = found.choice;
  if (kind === 'postback') return sendPostback(deps, person, { title, payload });
  if (kind === 'phone_reply' || kind === 'email_reply') {
    const value = kind === 'phone_reply' ? person.phone : 'khach@example.com';
    if (value === null) return cannot('Khách này chưa có số điện thoại trong hồ sơ.');
    return say(deps, person, { kind: 'text', text: value }, { quick_reply: { payload: value } });
  }
  return say(deps, person, { kind: 'text', text: title }, { quick_reply: { payload } });
}

function sendPostback(
  deps: EventSender,
  person: Person,
  postback: { title: string; payload: string; referral?: unknown },
): ActResult {
  readAll(deps, person);
  openWindow(deps, person);
  const shown = showMessage(deps.world, person, {
    kind: 'text',
    from: 'person',
    text: postback.title,
    state: 'sending',
  });
  sendFromPerson(deps, person, 'messaging_postbacks', { postback: { mid: shown.id, ...postback } }, shown);
  return done(shown.id);
}

/** Get Started, once; from an m.me link with its ref. */
function openChat(deps: EventSender, person: Person, ref?: string): ActResult {
  if (person.hasOpenedChat)
    return ref === undefined
      ? cannot('Khách đã từng mở khung chat: nút Bắt đầu chỉ hiện lần đầu.')
      : refer(deps, person, ref);
  const stored = deps.world.state.messengerProfile.get_started;
  const payload = isRecord(stored) && typeof stored.payload === 'string' ? stored.payload : 'GET_STARTED';
  return sendPostback(deps, person, {
    title: 'Bắt đầu',
    payload,
    ...(ref === undefined ? {} : { referral: shortLink(ref) }),
  });
}

/** An m.me link into a thread that already exists; otherwise the ref comes with Get Started. */
function refer(deps: EventSender, person: Person, ref: string): ActResult {
  if (!person.hasOpenedChat) return openChat(deps, person, ref);
  openWindow(deps, person);
  personChanged(deps.world, person);
  sendFromPerson(deps, person, 'messaging_referrals', { referral: shortLink(ref) });
  return done();
}

const shortLink = (ref: string) => ({ ref, source: 'SHORTLINK', type: 'OPEN_THREAD' });

function sendSticker(deps: EventSender, person: Person, act: ActOf<'sticker'>): ActResult {
  const sticker = stickers.find((each) => each.name === act.name);
  if (sticker === undefined) return cannot(`Không có nhãn dán “${act.name}”.`);
  const url = `${deps.world.url}/phone/stickers/${sticker.name}.svg`;
  const attachments = [{ type: 'sticker', payload: { url, sticker_id: sticker.messengerId } }];
  return say(deps, person, { kind: 'sticker', mediaUrl: url }, { attachments });
}

function sendImage(deps: EventSender, person: Person, act: ActOf<'image'>): ActResult {
  const url = act.url ?? `${deps.world.url}/media/bien-xanh.png`;
  const attachments = [{ type: 'image', payload: { url } }];
  return say(deps, person, { kind: 'image', mediaUrl: url }, { attachments });
}

function sendLocation(deps: EventSender, person: Person, act: ActOf<'location'>): ActResult {
  const coordinates = { lat: act.latitude, long: act.longitude };
  const bubble = { kind: 'location' as const, text: act.name, subtitle: `${act.latitude}, ${act.longitude}` };
  return say(deps, person, bubble, { attachments: [{ type: 'location', payload: { coordinates } }] });
}

/** A reaction opens the window. */
function react(deps: EventSender, person: Person, act: ActOf<'react'>): ActResult {
  const target = person.messages.find((message) => message.id === act.messageId);
  if (target === undefined) return cannot('Không còn thấy tin nhắn này.');
  target.reaction = act.emoji;
  openWindow(deps, person);
  personChanged(deps.world, person);
  const reaction = reactionNames[act.emoji]?.messenger ?? 'other';
  sendFromPerson(deps, person, 'message_reactions', {
    reaction: { reaction, emoji: act.emoji, action: 'react', mid: target.id },
  });
  return done();
}

function readAll(deps: EventSender, person: Person): ActResult {
  const unread = person.messages.filter((message) => message.from !== 'person' && message.state !== 'read');
  const newest = unread.at(-1);
  if (newest === undefined) return done();
  for (const message of unread) message.state = 'read';
  personChanged(deps.world, person);
  sendRead(deps, person, newest);
  return done();
}

/** Written in Meta's own inbox: neither our app id nor metadata. */
function replyByHand(deps: EventSender, person: Person, text: string): ActResult {
  const shown = showMessage(deps.world, person, { kind: 'text', from: 'staff', text });
  sendEcho(deps, person, shown, { appId: PAGE_INBOX_APP_ID });
  return done(shown.id);
}

function submitInfo(deps: EventSender, person: Person, act: ActOf<'submit_info'>): ActResult {
  person.phone = act.phone;
  return say(deps, person, { kind: 'text', text: act.phone }, { quick_reply: { payload: act.phone } });
}

function giveFeedback(deps: EventSender, person: Person, act: ActOf<'feedback'>): ActResult {
  const form = person.messages.toReversed().find((message) => message.feedback !== null);
  if (form?.feedback === undefined || form.feedback === null) return cannot('Trên màn hình không có phiếu đánh giá.');
  const { questionId, type } = form.feedback;
  const followUp = act.comment === undefined ? {} : { follow_up: { type: 'free_form', payload: act.comment } };
  const answer = { type, payload: String(act.score), ...followUp };
  form.feedback = null;
  form.subtitle = `Đã đánh giá: ${act.score}`;
  openWindow(deps, person);
  personChanged(deps.world, person);
  sendFromPerson(deps, person, 'messaging_feedback', {
    messaging_feedback: { feedback_screens: [{ screen_id: 0, questions: { [questionId]: answer } }] },
  });
  return done();
}
