// The bubbles of one chat, in order; only what changed is drawn again, and the end stays in sight.
import { build } from './build-element.js';
import { drawBubble } from './draw-bubble.js';
import { separatorTime } from './format-time.js';

const GAP_MS = 20 * 60_000;
const NEAR_END = 120;

/** `deps`: act(what), submitInfo(). */
export function createThread(section, deps) {
  const thread = section.querySelector('.thread');
  const list = section.querySelector('.bubbles');
  const drawn = new Map();
  const scrollDown = () => {
    thread.scrollTop = thread.scrollHeight;
  };
  /** Does something that changes heights; stays at the end if it was there. */
  const atEnd = (work) => {
    const isNear = thread.scrollHeight - thread.scrollTop - thread.clientHeight < NEAR_END;
    work();
    if (isNear) scrollDown();
  };
  const keep = (id, version, draw) => {
    const known = drawn.get(id);
    if (known?.version === version) return known.node;
    const node = draw();
    if (known === undefined) node.classList.add('fresh');
    drawn.set(id, { version, node });
    return node;
  };
  return {
    scrollDown,
    atEnd,
    forget: () => drawn.clear(),
    show: (messages) => atEnd(() => place(list, listNodes(deps, messages, keep))),
  };
}

function listNodes(deps, messages, keep) {
  const lastOwn = messages.findLast((message) => message.from === 'person')?.id;
  const lastTheirs = messages.findLast((message) => message.from !== 'person')?.id;
  let before = 0;
  return messages.flatMap((message) => {
    const at = Date.parse(message.at);
    const isLast = message.id === lastOwn || message.id === lastTheirs;
    const bubble = keep(message.id, JSON.stringify([message, isLast]), () => drawBubble(deps, message, isLast));
    const hasGap = at - before > GAP_MS;
    before = at;
    if (!hasGap) return [bubble];
    return [
      keep(`gap-${message.id}`, '', () => build('li', { className: 'gap', textContent: separatorTime(at) })),
      bubble,
    ];
  });
}

function place(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}
