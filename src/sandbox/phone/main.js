// The page: one event stream in, two phones and two panels out.
import { build } from './build-element.js';
import { act, callSandbox, showToast } from './call-sandbox.js';
import { createFaultPanel } from './draw-faults.js';
import { createJournal } from './draw-journal.js';
import { createPhone } from './draw-phone.js';
import { clockTime, longDay } from './format-time.js';

const READ_AFTER_MS = 700;
const suggestedNames = [
  'Nguyễn Thị Lan',
  'Trần Minh Khang',
  'Phạm Thu Hà',
  'Lê Hoàng Nam',
  'Võ Ngọc Mai',
  'Đặng Quốc Bảo',
  'Bùi Thanh Trúc',
  'Hồ Gia Hân',
  'Đỗ Minh Khôi',
  'Lý Thanh Thảo',
  'Đinh Hải Yến',
  'Phan Nhật Linh',
  'Huỳnh Kim Ngân',
];

const people = new Map();
const picked = { zalo: localStorage.getItem('zalo'), messenger: localStorage.getItem('messenger') };
let clockAhead = 0;
const now = () => Date.now() + clockAhead;
const stage = document.getElementById('stage');

const peopleOf = (channel) => [...people.values()].filter((person) => person.channel === channel);
const nameOf = (id) => people.get(id)?.name ?? '';

const phoneDeps = {
  now,
  addPerson: openPersonDialog,
  pickPerson(channel, id) {
    pick(channel, id);
    drawPhone(channel);
  },
  suggest: drawSuggestions,
  askStaff: openStaffDialog,
  async remove(person) {
    const result = await callSandbox('DELETE', `/control/people/${person.id}`);
    if (!result.ok) showToast(result.reason);
  },
};
const phones = {
  zalo: createPhone(document.getElementById('zalo'), phoneDeps),
  messenger: createPhone(document.getElementById('messenger'), phoneDeps),
};
const faultPanel = createFaultPanel();
const journal = createJournal(nameOf);

function pick(channel, id) {
  picked[channel] = id;
  localStorage.setItem(channel, id);
}

function drawPhone(channel) {
  const all = peopleOf(channel);
  const person = people.get(picked[channel]) ?? all.at(-1) ?? null;
  if (person !== null) picked[channel] = person.id;
  phones[channel].show(person, all);
  readSoon(channel);
}

const readTimers = {};

/** Who looks at the chat has read it, a moment later. */
function readSoon(channel) {
  clearTimeout(readTimers[channel]);
  readTimers[channel] = setTimeout(() => {
    const person = phones[channel].person();
    const isLookedAt = document.visibilityState === 'visible' && document.getElementById(channel).offsetParent !== null;
    const hasUnread = person?.messages.some((message) => message.from !== 'person' && message.state !== 'read');
    if (isLookedAt && hasUnread) void act(person, { type: 'read' });
  }, READ_AFTER_MS);
}

function freeName(channel) {
  const taken = new Set(peopleOf(channel).map((person) => person.name));
  const free = suggestedNames.filter((name) => !taken.has(name));
  return free[Math.floor(Math.random() * free.length)] ?? `Khách ${taken.size + 1}`;
}

async function createPerson(channel, name, phone) {
  const result = await callSandbox('POST', '/control/people', { channel, name, phone: phone || null });
  if (result.ok) {
    pick(channel, result.answer.id);
    drawPhone(channel);
    phones[channel].focus();
  }
  return result;
}

function drawSuggestions(channel, element) {
  if (element.dataset.drawn === 'suggestions') return;
  element.dataset.drawn = 'suggestions';
  const offset = channel === 'zalo' ? 0 : 3;
  const buttons = suggestedNames.slice(offset, offset + 3).map((name) =>
    build('button', {
      type: 'button',
      className: 'button',
      textContent: name,
      on: {
        click: async () => {
          const result = await createPerson(channel, name, '');
          if (!result.ok) showToast(result.reason);
        },
      },
    }),
  );
  element.replaceChildren(
    build('img', { src: '/phone/avatar.svg', alt: '', width: 72, height: 72 }),
    build('strong', { textContent: 'Ai cầm máy này?' }),
    build('p', { textContent: 'Chọn một vị khách tưởng tượng để bắt đầu trò chuyện.' }),
    build('div', { className: 'suggestions' }, ...buttons),
  );
}

function openPersonDialog(channel) {
  const dialog = document.getElementById('person-dialog');
  const form = dialog.querySelector('form');
  const error = dialog.querySelector('.form-error');
  error.hidden = true;
  form.reset();
  form.elements.name.value = freeName(channel);
  form.onsubmit = async (event) => {
    if (event.submitter?.value !== 'ok') return;
    event.preventDefault();
    const result = await createPerson(channel, form.elements.name.value.trim(), form.elements.phone.value.trim());
    if (result.ok) return dialog.close();
    error.textContent = result.reason;
    error.hidden = false;
  };
  dialog.showModal();
  form.elements.name.select();
}

function openStaffDialog(person) {
  const dialog = document.getElementById('staff-dialog');
  const form = dialog.querySelector('form');
  form.reset();
  form.onsubmit = (event) => {
    const written = form.elements.text.value.trim();
    if (event.submitter?.value === 'ok' && written !== '') void act(person, { type: 'human_reply', text: written });
  };
  dialog.showModal();
}

function setClock(ms) {
  clockAhead = ms - Date.now();
  tick();
}

function tick() {
  document.getElementById('clock-date').textContent = longDay(now());
  document.getElementById('clock-time').textContent = clockTime(now());
  phones.zalo.tick(now());
  phones.messenger.tick(now());
}

function showConnection(state, words) {
  const line = document.getElementById('connection');
  line.dataset.state = state;
  line.textContent = words;
}

function listen() {
  const stream = new EventSource('/control/events');
  const on = (name, work) => stream.addEventListener(name, (event) => work(JSON.parse(event.data)));
  stream.onopen = () => showConnection('ok', 'Đã kết nối');
  stream.onerror = () => showConnection('bad', 'Mất kết nối, đang thử lại…');
  on('state', (state) => {
    people.clear();
    for (const person of state.people) people.set(person.id, person);
    setClock(state.now);
    for (const button of document.querySelectorAll('[data-advance]')) button.disabled = !state.canMoveClock;
    faultPanel.show(state.faults);
    journal.showAll(state.journal);
    drawPhone('zalo');
    drawPhone('messenger');
  });
  on('person', (person) => {
    const isNew = !people.has(person.id);
    people.set(person.id, person);
    if (isNew || phones[person.channel].person()?.id === person.id) drawPhone(person.channel);
    else if (person.messages.at(-1)?.state === 'failed') drawPhone(person.channel);
  });
  on('removed', ({ id }) => {
    const channel = people.get(id)?.channel;
    people.delete(id);
    if (channel !== undefined) drawPhone(channel);
  });
  on('journal', journal.add);
  on('faults', faultPanel.show);
  on('clock', ({ now: ms }) => setClock(ms));
}

function setUpTabs() {
  const buttons = [...document.querySelectorAll('.tabs button')];
  for (const button of buttons)
    button.addEventListener('click', () => {
      stage.dataset.tab = button.dataset.tab;
      for (const each of buttons)
        if (each === button) each.setAttribute('aria-current', 'page');
        else each.removeAttribute('aria-current');
      const phone = phones[button.dataset.tab];
      phone?.scrollDown();
      if (phone !== undefined) readSoon(button.dataset.tab);
    });
}

for (const button of document.querySelectorAll('[data-advance]'))
  button.addEventListener('click', async () => {
    const result = await callSandbox('POST', '/control/clock', { ms: Number(button.dataset.advance) });
    showToast(result.ok ? `Đã vặn đồng hồ ${button.textContent}` : result.reason);
  });
document.addEventListener('visibilitychange', () => {
  readSoon('zalo');
  readSoon('messenger');
});
setUpTabs();
setInterval(tick, 1_000);
listen();
