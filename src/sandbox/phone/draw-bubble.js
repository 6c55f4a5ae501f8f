// One bubble as each channel draws it: words, pictures, buttons, marks.
import { build, icon } from './build-element.js';
import { minuteTime } from './format-time.js';

export const reactions = [
  ['❤️', 'heart', 'Yêu thích'],
  ['👍', 'like', 'Thích'],
  ['😆', 'smile', 'Cười'],
  ['😮', 'wow', 'Ngạc nhiên'],
  ['😢', 'sad', 'Buồn'],
  ['😠', 'angry', 'Giận'],
];

/** `deps.act(what)` does something as the person; `isLast`: the newest of its side, which shows more. */
export function drawBubble(deps, message, isLast) {
  const side = message.from === 'person' ? 'own' : 'theirs';
  const body = build('div', { className: `bubble ${message.kind}` }, ...drawContent(deps, message));
  const row = build('li', { className: `row ${side}`, dataset: { id: message.id } });
  if (side === 'theirs')
    row.append(build('img', { className: 'row-avatar', src: '/phone/avatar.svg', alt: '', width: 28, height: 28 }));
  const stack = build('div', { className: 'stack' }, body);
  if (message.reaction) stack.append(drawReaction(message.reaction));
  if (side === 'theirs') stack.append(drawReactBar(deps, message, isLast));
  stack.append(drawMarks(message, isLast));
  row.append(stack);
  return row;
}

function drawContent(deps, message) {
  const parts = [];
  if (message.quotedText !== null)
    parts.push(build('blockquote', { className: 'quote', textContent: message.quotedText }));
  switch (message.kind) {
    case 'sticker':
      parts.push(drawPicture(message.mediaUrl ?? '/phone/stickers/smile.svg', 'Nhãn dán', 'sticker-picture'));
      break;
    case 'image':
    case 'video':
      parts.push(drawMedia(message));
      break;
    case 'location':
      parts.push(drawLocation(message));
      break;
    case 'contact':
      parts.push(drawCard('card', message.text, message.subtitle));
      break;
    case 'file':
    case 'audio':
      parts.push(
        drawCard('file', message.subtitle || 'Tệp đính kèm', message.kind === 'audio' ? 'Âm thanh' : 'Tài liệu'),
      );
      break;
    case 'list':
    case 'receipt':
      parts.push(...drawItems(deps, message));
      break;
    case 'info_request':
      parts.push(...drawInfoRequest(deps, message));
      break;
    case 'feedback':
      parts.push(...drawFeedback(deps, message));
      break;
    case 'template':
      if (message.subtitle) parts.push(build('strong', { className: 'template-title', textContent: message.subtitle }));
      parts.push(words(message.text));
      break;
    default:
      parts.push(words(message.text));
  }
  if (message.choices.length + message.links.length > 0)
    parts.push(drawButtons(deps, message.choices, message.links, message.id));
  return parts;
}

const words = (text) => build('p', { className: 'words', textContent: text });

function drawPicture(url, label, className) {
  // Pictures of other sites are not loaded: the page talks to nobody but the sandbox.
  const isOwn = URL.canParse(url, location.href) && new URL(url, location.href).origin === location.origin;
  if (!isOwn)
    return build('span', { className: 'picture-away' }, icon('image'), build('span', { textContent: hostOf(url) }));
  const picture = build('img', { className, src: new URL(url, location.href).pathname, alt: label });
  picture.addEventListener('error', () =>
    picture.replaceWith(build('span', { className: 'picture-away' }, icon('image'), 'Ảnh không còn')),
  );
  return picture;
}

const hostOf = (url) => (URL.canParse(url) ? `Ảnh từ ${new URL(url).host}` : 'Ảnh');

function drawMedia(message) {
  const picture = drawPicture(message.mediaUrl ?? '', message.kind === 'video' ? 'Video' : 'Ảnh', 'picture');
  return message.text
    ? build('figure', {}, picture, build('figcaption', { className: 'words', textContent: message.text }))
    : picture;
}

function drawLocation(message) {
  return build(
    'div',
    { className: 'place' },
    build('div', { className: 'map', attributes: { 'aria-hidden': 'true' } }, icon('place')),
    build('strong', { textContent: message.text }),
    build('small', { textContent: message.subtitle }),
  );
}

function drawCard(shape, title, subtitle) {
  return build(
    'div',
    { className: 'card' },
    build('span', { className: 'card-icon' }, icon(shape)),
    build('span', {}, build('strong', { textContent: title }), build('small', { textContent: subtitle })),
  );
}

function drawItems(deps, message) {
  const head = message.text ? [words(message.text)] : [];
  const items = message.items.map((item) =>
    build(
      'li',
      { className: 'item' },
      item.imageUrl === null ? '' : drawPicture(item.imageUrl, '', 'item-picture'),
      build('strong', { textContent: item.title }),
      item.subtitle === '' ? '' : build('small', { textContent: item.subtitle }),
      item.choices.length + item.links.length === 0 ? '' : drawButtons(deps, item.choices, item.links, message.id),
    ),
  );
  const list = build('ul', { className: 'items', tabIndex: 0 }, ...items);
  const total =
    message.kind === 'receipt' ? [build('strong', { className: 'total', textContent: message.subtitle })] : [];
  return [...head, list, ...total];
}

function drawInfoRequest(deps, message) {
  const button = build('button', {
    type: 'button',
    className: 'choice',
    textContent: 'Gửi thông tin',
    on: { click: () => deps.submitInfo() },
  });
  return [
    build('strong', { className: 'template-title', textContent: message.text }),
    words(message.subtitle),
    build('div', { className: 'choices' }, button),
  ];
}

function drawFeedback(deps, message) {
  const head = [build('strong', { className: 'template-title', textContent: message.text }), words(message.subtitle)];
  if (message.feedback === null) return head;
  const [from, to] = message.feedback.type === 'nps' ? [0, 10] : [1, message.feedback.type === 'ces' ? 7 : 5];
  const scores = Array.from({ length: to - from + 1 }, (_, index) => from + index).map((score) =>
    build('button', {
      type: 'button',
      className: 'score',
      textContent: String(score),
      on: { click: () => deps.act({ type: 'feedback', score }) },
    }),
  );
  return [
    ...head,
    build('div', { className: 'scores', attributes: { role: 'group', 'aria-label': 'Chọn điểm' } }, ...scores),
  ];
}

function drawButtons(deps, choices, links, messageId) {
  const taps = choices.map((choice) =>
    build('button', {
      type: 'button',
      className: 'choice',
      textContent: choice.title,
      on: { click: () => deps.act({ type: 'tap', choice: choice.payload || choice.title, messageId }) },
    }),
  );
  return build('div', { className: 'choices' }, ...taps, ...links.map(drawLink));
}

function drawLink(link) {
  const scheme = { phone: 'tel:', sms: 'sms:' }[link.kind] ?? '';
  const isWeb = link.kind === 'url' && /^https?:\/\//.test(link.target);
  const properties = { className: 'choice', title: link.target };
  if (isWeb || scheme !== '') properties.href = scheme + link.target;
  if (isWeb) Object.assign(properties, { target: '_blank', rel: 'noopener noreferrer' });
  return build('a', properties, link.title, icon(link.kind === 'url' ? 'link' : 'phone'));
}

function drawReaction(emoji) {
  const [, name, label] = reactions.find(([known]) => known === emoji) ?? ['', 'heart', 'Cảm xúc'];
  return build('img', { className: 'reaction', src: `/phone/stickers/${name}.svg`, alt: label, width: 20, height: 20 });
}

/** Every bubble answers to the pointer; the keyboard stops at the newest only. */
function drawReactBar(deps, message, isLast) {
  const buttons = reactions.map(([emoji, name, label]) =>
    build(
      'button',
      {
        type: 'button',
        title: label,
        tabIndex: isLast ? 0 : -1,
        attributes: { 'aria-label': label },
        on: { click: () => deps.act({ type: 'react', messageId: message.id, emoji }) },
      },
      build('img', { src: `/phone/stickers/${name}.svg`, alt: '', width: 22, height: 22 }),
    ),
  );
  return build(
    'div',
    { className: 'react-bar', attributes: { role: 'group', 'aria-label': 'Thả cảm xúc' } },
    ...buttons,
  );
}

const marks = {
  sending: 'Đang gửi…',
  sent: 'Đã gửi',
  delivered: 'Đã nhận',
  read: 'Đã xem',
  failed: 'Chương trình chưa nhận được',
};

function drawMarks(message, isLastOwn) {
  const own = message.from === 'person';
  const line = build('div', { className: 'marks' }, build('time', { textContent: minuteTime(Date.parse(message.at)) }));
  if (message.from === 'staff') line.append(build('span', { className: 'tag staff', textContent: 'Nhân viên' }));
  if (message.isCharged) line.append(build('span', { className: 'tag charged', textContent: 'Tính phí' }));
  if (own && (isLastOwn || message.state === 'failed' || message.state === 'sending'))
    line.append(build('span', { className: `mark ${message.state}`, textContent: marks[message.state] }));
  return line;
}
