// Where the person writes: the text field, the stickers, the tray with pictures, places and cards.
import { build, icon } from './build-element.js';

const stickers = [
  ['like', 'Thích'],
  ['heart', 'Thương'],
  ['smile', 'Cười'],
  ['wow', 'Ôi'],
  ['sad', 'Buồn'],
  ['gift', 'Quà'],
];
const TALLEST = 110;

/** `deps`: act(what) → whether it was done, person(), onResize(). */
export function createComposer(section, deps) {
  const form = section.querySelector('.composer');
  const text = section.querySelector('.composer-text');
  const tray = section.querySelector('.tray');
  const openers = [...section.querySelectorAll('[data-tray]')];
  text.id = `${section.dataset.channel}-text`;
  text.placeholder = section.dataset.channel === 'zalo' ? 'Tin nhắn' : 'Aa';
  form.querySelector('[data-tray="more"]').append(icon('plus'));
  form.querySelector('[data-tray="stickers"]').append(icon('smile'));
  form.querySelector('.send').append(icon('send'));

  const resize = () => {
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight, TALLEST)}px`;
    form.querySelector('.send').classList.toggle('ready', text.value.trim() !== '');
  };
  const openTray = (name) => {
    tray.hidden = name === null;
    for (const button of openers) button.setAttribute('aria-expanded', String(button.dataset.tray === name));
    if (name !== null)
      tray.replaceChildren(...(name === 'stickers' ? drawStickers(send) : drawMore(send, deps.person())));
    deps.onResize();
  };
  const send = async (what) => {
    openTray(null);
    await deps.act(what);
    text.focus();
  };

  text.addEventListener('input', resize);
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit(deps, text, resize);
  });
  for (const button of openers)
    button.addEventListener('click', () =>
      openTray(button.getAttribute('aria-expanded') === 'true' ? null : button.dataset.tray),
    );
  return { focus: () => text.focus() };
}

/** The words come back into the field when they could not be said. */
async function submit(deps, text, resize) {
  const written = text.value.trim();
  if (written === '') return;
  text.value = '';
  resize();
  if (await deps.act({ type: 'write', text: written })) return;
  text.value = written;
  resize();
}

const drawStickers = (send) =>
  stickers.map(([name, label]) =>
    build(
      'button',
      {
        type: 'button',
        className: 'sticker-button',
        attributes: { 'aria-label': label },
        on: { click: () => send({ type: 'sticker', name }) },
      },
      build('img', { src: `/phone/stickers/${name}.svg`, alt: '', width: 44, height: 44 }),
    ),
  );

const drawMore = (send, person) =>
  [
    ['image', 'Ảnh', { type: 'image' }],
    ['place', 'Vị trí', { type: 'location' }],
    ['card', 'Danh thiếp', { type: 'contact_card', name: person.name, phone: person.phone ?? '0900000999' }],
  ].map(([shape, label, what]) =>
    build('button', { type: 'button', className: 'tray-button', on: { click: () => send(what) } }, icon(shape), label),
  );
