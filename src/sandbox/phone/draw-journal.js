// What happened, newest first: webhooks and their answers, calls taken or refused and why.
import { build } from './build-element.js';
import { clockTime } from './format-time.js';

const LINES = 200;
const kindNames = { webhook: 'Webhook', call: 'API', person: 'Khách', fault: 'Lỗi', clock: 'Giờ' };
const channelNames = { zalo: 'Zalo', messenger: 'Messenger' };

/** `nameOf(id)` is the person's name, or nothing. */
export function createJournal(nameOf) {
  const list = document.getElementById('journal-list');
  let filter = '';
  const showFilter = () => {
    for (const line of list.children) line.hidden = filter !== '' && line.dataset.kind !== filter;
    const hasLine = [...list.children].some((line) => !line.hidden);
    document.getElementById('journal-empty').hidden = hasLine;
  };
  document.getElementById('journal-filter').addEventListener('change', (event) => {
    filter = event.target.value;
    showFilter();
  });

  const add = (entry) => {
    list.prepend(drawLine(entry, nameOf));
    if (list.children.length > LINES) list.lastElementChild.remove();
  };
  return {
    showAll(entries) {
      list.replaceChildren();
      entries.slice(-LINES).forEach(add);
      showFilter();
    },
    add(entry) {
      add(entry);
      showFilter();
    },
  };
}

function drawLine(entry, nameOf) {
  const channel = channelNames[entry.channel];
  const dot =
    channel === undefined
      ? ''
      : build(
          'span',
          { className: `dot ${entry.channel}-dot`, title: channel },
          build('span', { className: 'visually-hidden', textContent: channel }),
        );
  const detail = [entry.detail, nameOf(entry.personId)].filter(Boolean).join(' · ');
  return build(
    'li',
    { className: entry.isOk ? 'line' : 'line bad', dataset: { kind: entry.kind } },
    build('span', { className: 'kind', textContent: kindNames[entry.kind] }),
    build(
      'div',
      { className: 'line-words' },
      build('strong', {}, dot, entry.title),
      build('span', { className: 'line-detail', textContent: detail }),
    ),
    build('time', { textContent: clockTime(Date.parse(entry.at)) }),
  );
}
