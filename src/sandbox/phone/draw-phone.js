// One phone: who holds it, the thread, the composer. Knows nothing of the server but `act`.
import { build, icon } from './build-element.js';
import { act } from './call-sandbox.js';
import { drawBubble } from './draw-bubble.js';
import { lengthInWords, minuteTime, separatorTime } from './format-time.js';

const HOUR = 3_600_000;
const GAP = 20 * 60_000;
const stickerNames = [
  ['like', 'Thích'],
  ['heart', 'Thương'],
  ['smile', 'Cười'],
  ['wow', 'Ôi'],
  ['sad', 'Buồn'],
  ['gift', 'Quà'],
];

/** `deps`: now(), addPerson(channel), pickPerson(channel, id), suggest(channel, element), askStaff(person), remove(person). */
export function createPhone(section, deps) {
  const { channel } = section.dataset;
  section.append(document.getElementById('phone-template').content.cloneNode(true));
  section.classList.add(channel);
  const find = (selector) => section.querySelector(selector);
  const text = find('.composer-text');
  const drawn = new Map();
  let person = null;
  let typingTimer = 0;

  const doAct = (what) => (person === null ? Promise.resolve(false) : act(person, what));
  const submitInfo = () => doAct({ type: 'submit_info', name: person.name, phone: person.phone ?? '0900000999' });
  const bubbleDeps = { act: doAct, submitInfo };

  setUpComposer();
  setUpPeople();

  function setUpComposer() {
    text.id = `${channel}-text`;
    text.placeholder = channel === 'zalo' ? 'Tin nhắn' : 'Aa';
    find('[data-tray="more"]').append(icon('plus'));
    find('[data-tray="stickers"]').append(icon('smile'));
    find('.send').append(icon('send'));
    text.addEventListener('input', resize);
    text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      find('.composer').requestSubmit();
    });
    find('.composer').addEventListener('submit', async (event) => {
      event.preventDefault();
      const written = text.value.trim();
      if (written === '') return;
      text.value = '';
      resize();
      if (!(await doAct({ type: 'write', text: written }))) text.value = written;
    });
    for (const button of section.querySelectorAll('[data-tray]'))
      button.addEventListener('click', () => openTray(button.dataset.tray));
  }

  function resize() {
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight, 110)}px`;
    find('.send').classList.toggle('ready', text.value.trim() !== '');
  }

  function setUpPeople() {
    find('.person-select').addEventListener('change', (event) => deps.pickPerson(channel, event.target.value));
    find('.add-person').addEventListener('click', () => deps.addPerson(channel));
    find('.follow-button').addEventListener('click', () => doAct({ type: person.isFollowing ? 'unfollow' : 'follow' }));
    const more = find('.more');
    more.addEventListener('click', (event) => {
      const what = event.target.dataset?.act;
      if (what === undefined) return;
      more.open = false;
      doOther(what);
    });
    more.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') more.open = false;
    });
    document.addEventListener('click', (event) => {
      if (!more.contains(event.target)) more.open = false;
    });
  }

  function doOther(what) {
    if (person === null) return;
    if (what === 'staff') deps.askStaff(person);
    else if (what === 'remove') deps.remove(person);
    else if (what === 'submit_info') void submitInfo();
    else if (what === 'refer') void doAct({ type: 'refer', ref: 'QUANG-CAO-SPA' });
    else if (what === 'block') void doAct({ type: person.isBlocking ? 'unblock' : 'block' });
    else void doAct({ type: what });
  }

  function openTray(name) {
    const tray = find('.tray');
    const isOpening = tray.hidden || tray.dataset.name !== name;
    for (const button of section.querySelectorAll('[data-tray]'))
      button.setAttribute('aria-expanded', String(isOpening && button.dataset.tray === name));
    tray.hidden = !isOpening;
    tray.dataset.name = name;
    tray.replaceChildren(...(name === 'stickers' ? stickerButtons() : moreButtons()));
    scrollDown();
  }

  const stickerButtons = () =>
    stickerNames.map(([name, label]) =>
      build(
        'button',
        {
          type: 'button',
          className: 'sticker-button',
          attributes: { 'aria-label': label },
          on: { click: () => sendFromTray({ type: 'sticker', name }) },
        },
        build('img', { src: `/phone/stickers/${name}.svg`, alt: '', width: 44, height: 44 }),
      ),
    );

  const moreButtons = () =>
    [
      ['image', 'Ảnh', () => ({ type: 'image' })],
      ['place', 'Vị trí', () => ({ type: 'location' })],
      ['card', 'Danh thiếp', () => ({ type: 'contact_card', name: person.name, phone: person.phone ?? '0900000999' })],
    ].map(([shape, label, what]) =>
      build(
        'button',
        { type: 'button', className: 'tray-button', on: { click: () => sendFromTray(what()) } },
        icon(shape),
        label,
      ),
    );

  async function sendFromTray(what) {
    find('.tray').hidden = true;
    await doAct(what);
    text.focus();
  }

  function drawPeople(people) {
    const select = find('.person-select');
    const none = build('option', { value: '', textContent: 'Chưa có khách' });
    const options = people.map((each) =>
      build('option', { value: each.id, textContent: each.isBlocking ? `${each.name} (đang chặn)` : each.name }),
    );
    select.replaceChildren(...(options.length === 0 ? [none] : options));
    select.disabled = options.length === 0;
    if (person !== null) select.value = person.id;
  }

  function drawThread() {
    const list = find('.bubbles');
    const messages = person?.messages ?? [];
    const isAtEnd = isNearEnd();
    const lastOwn = messages.findLast((message) => message.from === 'person')?.id;
    const lastTheirs = messages.findLast((message) => message.from !== 'person')?.id;
    const wanted = [];
    let before = 0;
    for (const message of messages) {
      const at = Date.parse(message.at);
      if (at - before > GAP)
        wanted.push(
          keep(`gap-${message.id}`, String(at), () =>
            build('li', { className: 'gap', textContent: separatorTime(at) }),
          ),
        );
      before = at;
      const isLast = message.id === lastOwn || message.id === lastTheirs;
      wanted.push(keep(message.id, JSON.stringify([message, isLast]), () => drawBubble(bubbleDeps, message, isLast)));
    }
    const kept = new Set(wanted);
    for (const child of [...list.children]) if (!kept.has(child)) child.remove();
    wanted.forEach((node, index) => {
      if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
    });
    if (isAtEnd) scrollDown();
  }

  function keep(id, version, draw) {
    const known = drawn.get(id);
    if (known?.version === version) return known.node;
    const node = draw();
    if (known === undefined) node.classList.add('fresh');
    drawn.set(id, { version, node });
    return node;
  }

  const isNearEnd = () => {
    const thread = find('.thread');
    return thread.scrollHeight - thread.scrollTop - thread.clientHeight < 120;
  };
  const scrollDown = () => {
    const thread = find('.thread');
    thread.scrollTop = thread.scrollHeight;
  };

  function drawChips() {
    const last = person?.messages.at(-1);
    const replies = last?.from === 'person' ? [] : (last?.quickReplies ?? []);
    const chips = find('.chips');
    const hadEnd = isNearEnd();
    chips.hidden = replies.length === 0;
    chips.replaceChildren(
      ...replies.map((reply) =>
        build('button', {
          type: 'button',
          className: 'chip',
          textContent: reply.title,
          on: { click: () => doAct({ type: 'tap', choice: reply.payload || reply.title }) },
        }),
      ),
    );
    if (hadEnd) scrollDown();
  }

  function drawTyping() {
    clearTimeout(typingTimer);
    const left = (person?.typingUntil ?? 0) - Date.now();
    find('.typing').hidden = left <= 0;
    if (left <= 0) return;
    scrollDown();
    typingTimer = setTimeout(drawTyping, left + 50);
  }

  function drawHead() {
    const follow = find('.follow-button');
    follow.hidden = channel !== 'zalo' || person === null;
    follow.textContent = person?.isFollowing ? 'Đang quan tâm' : 'Quan tâm';
    follow.classList.toggle('on', person?.isFollowing === true);
    find('.chat-sub').textContent = channel === 'zalo' ? 'Official Account' : 'Trang · thường trả lời ngay';
    find('[data-act="block"]').textContent = person?.isBlocking ? 'Bỏ chặn' : 'Chặn';
    find('[data-act="unfollow"]').disabled = !person?.isFollowing;
    for (const control of section.querySelectorAll('.composer button, .composer textarea, .more button'))
      if (control.dataset.act !== 'unfollow') control.disabled = person === null;
    section.classList.toggle('blocked', person?.isBlocking === true);
  }

  function drawEmpty() {
    const empty = find('.empty');
    empty.hidden = person !== null && person.messages.length > 0;
    if (empty.hidden) return;
    if (person === null) return deps.suggest(channel, empty);
    empty.dataset.drawn = 'start';
    const isZalo = channel === 'zalo';
    const start = build('button', {
      type: 'button',
      className: 'button primary',
      textContent: isZalo ? (person.isFollowing ? 'Đã quan tâm' : 'Quan tâm OA') : 'Bắt đầu',
      disabled: isZalo && person.isFollowing,
      on: { click: () => doAct({ type: isZalo ? 'follow' : 'open_chat' }) },
    });
    empty.replaceChildren(
      build('img', { src: '/phone/avatar.svg', alt: '', width: 72, height: 72 }),
      build('strong', { textContent: 'Gắn Bó' }),
      build('p', {
        textContent: `${person.name} chưa trò chuyện lần nào. ${isZalo ? 'Bấm quan tâm' : 'Bấm bắt đầu'} hoặc nhắn một tin.`,
      }),
      start,
    );
  }

  function drawWindow() {
    const line = find('.window-line');
    line.hidden = person === null;
    if (person === null) return;
    const { state, words } = describeWindow(person, deps.now());
    line.dataset.state = state;
    if (line.textContent !== words) line.textContent = words;
  }

  return {
    channel,
    person: () => person,
    show(next, people) {
      const isOther = next?.id !== person?.id;
      if (isOther) drawn.clear();
      person = next;
      drawPeople(people);
      drawHead();
      drawEmpty();
      drawThread();
      drawChips();
      drawTyping();
      drawWindow();
      if (isOther) scrollDown();
    },
    tick(now) {
      find('.device-time').textContent = minuteTime(now);
      drawWindow();
    },
    scrollDown,
    focus: () => text.focus(),
  };
}

function describeWindow(person, now) {
  const isZalo = person.channel === 'zalo';
  if (person.isBlocking) return { state: 'closed', words: isZalo ? 'Khách đang chặn OA' : 'Khách đang chặn trang' };
  if (person.lastInteractionAt === null) {
    if (isZalo && person.isFollowing)
      return { state: 'open', words: `Mới quan tâm: còn ${3 - person.welcomesUsed} tin chào` };
    return { state: 'closed', words: 'Chưa tương tác: chưa được nhắn trước' };
  }
  const age = now - person.lastInteractionAt;
  const free = isZalo ? 48 * HOUR : 24 * HOUR;
  const last = 7 * 24 * HOUR;
  if (age <= free) return { state: 'open', words: `Trong cửa sổ: còn ${lengthInWords(free - age)}` };
  if (age <= last)
    return {
      state: 'charged',
      words: `${isZalo ? 'Nhắn được, tính phí' : 'Chỉ nhân viên nhắn được'}: còn ${lengthInWords(last - age)}`,
    };
  return { state: 'closed', words: 'Quá 7 ngày: chỉ còn mẫu tin đã duyệt' };
}
