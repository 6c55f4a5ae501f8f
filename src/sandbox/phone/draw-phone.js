// One phone: person bar, head, window, thread, chips, typing, composer. Knows nothing of the server but `act`.
import { build } from './build-element.js';
import { act } from './call-sandbox.js';
import { describeWindow } from './describe-window.js';
import { createComposer } from './draw-composer.js';
import { createPersonBar } from './draw-person-bar.js';
import { createThread } from './draw-thread.js';
import { minuteTime } from './format-time.js';

/** `deps`: now(), addPerson(channel), pickPerson(channel, id), suggest(channel, element), askStaff(person), remove(person). */
export function createPhone(section, deps) {
  const { channel } = section.dataset;
  section.append(document.getElementById('phone-template').content.cloneNode(true));
  section.classList.add(channel);
  let person = null;
  const actions = {
    channel,
    person: () => person,
    act: (what) => (person === null ? Promise.resolve(false) : act(person, what)),
    submitInfo: () => actions.act({ type: 'submit_info', name: person.name, phone: person.phone ?? '0900000999' }),
    addPerson: () => deps.addPerson(channel),
    pickPerson: (id) => deps.pickPerson(channel, id),
    askStaff: deps.askStaff,
    remove: deps.remove,
    suggest: deps.suggest,
  };
  const bar = createPersonBar(section, actions);
  const thread = createThread(section, actions);
  const composer = createComposer(section, { ...actions, onResize: thread.scrollDown });
  const drawTyping = createTyping(section, thread);
  section
    .querySelector('.follow-button')
    .addEventListener('click', () => actions.act({ type: person.isFollowing ? 'unfollow' : 'follow' }));
  return {
    person: actions.person,
    show(next, people) {
      const isOther = next?.id !== person?.id;
      if (isOther) thread.forget();
      person = next;
      bar.show(person, people);
      drawHead(section, person);
      drawEmpty(section, person, actions);
      thread.show(person?.messages ?? []);
      thread.atEnd(() => drawChips(section, person, actions));
      drawTyping(person);
      drawWindow(section, person, deps.now());
      if (isOther) thread.scrollDown();
    },
    tick(now) {
      section.querySelector('.device-time').textContent = minuteTime(now);
      drawWindow(section, person, now);
    },
    scrollDown: thread.scrollDown,
    focus: composer.focus,
  };
}

function drawHead(section, person) {
  const isZalo = section.dataset.channel === 'zalo';
  const follow = section.querySelector('.follow-button');
  follow.hidden = !isZalo || person === null;
  follow.textContent = person?.isFollowing ? 'Đang quan tâm' : 'Quan tâm';
  follow.classList.toggle('on', person?.isFollowing === true);
  section.querySelector('.chat-sub').textContent = isZalo ? 'Official Account' : 'Trang · thường trả lời ngay';
  for (const control of section.querySelectorAll('.composer button, .composer textarea'))
    control.disabled = person === null;
  section.classList.toggle('blocked', person?.isBlocking === true);
}

function drawEmpty(section, person, actions) {
  const empty = section.querySelector('.empty');
  empty.hidden = person !== null && person.messages.length > 0;
  if (empty.hidden) return;
  if (person === null) {
    actions.suggest(actions.channel, empty);
    return;
  }
  empty.dataset.drawn = 'start';
  const isZalo = actions.channel === 'zalo';
  const isFollowing = isZalo && person.isFollowing;
  const start = build('button', {
    type: 'button',
    className: 'button primary',
    textContent: isFollowing ? 'Đã quan tâm' : isZalo ? 'Quan tâm OA' : 'Bắt đầu',
    disabled: isFollowing,
    on: { click: () => actions.act({ type: isZalo ? 'follow' : 'open_chat' }) },
  });
  const invitation = `${person.name} chưa trò chuyện lần nào. ${isZalo ? 'Bấm quan tâm' : 'Bấm bắt đầu'} hoặc nhắn một tin.`;
  empty.replaceChildren(
    build('img', { src: '/phone/avatar.svg', alt: '', width: 72, height: 72 }),
    build('strong', { textContent: 'Gắn Bó' }),
    build('p', { textContent: invitation }),
    start,
  );
}

/** Messenger's quick replies: only while nothing was said after them. */
function drawChips(section, person, actions) {
  const last = person?.messages.at(-1);
  const replies = last === undefined || last.from === 'person' ? [] : last.quickReplies;
  const chips = section.querySelector('.chips');
  chips.hidden = replies.length === 0;
  chips.replaceChildren(
    ...replies.map((reply) =>
      build('button', {
        type: 'button',
        className: 'chip',
        textContent: reply.title,
        on: { click: () => actions.act({ type: 'tap', choice: reply.payload || reply.title }) },
      }),
    ),
  );
}

function createTyping(section, thread) {
  let timer = 0;
  return function drawTyping(person) {
    clearTimeout(timer);
    const left = (person?.typingUntil ?? 0) - Date.now();
    thread.atEnd(() => {
      section.querySelector('.typing').hidden = left <= 0;
    });
    if (left > 0) timer = setTimeout(() => drawTyping(person), left + 50);
  };
}

function drawWindow(section, person, now) {
  const line = section.querySelector('.window-line');
  line.hidden = person === null;
  if (person === null) return;
  const { state, words } = describeWindow(person, now);
  line.dataset.state = state;
  if (line.textContent !== words) line.textContent = words;
}
