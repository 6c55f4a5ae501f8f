// The panel of faults: each a switch, struck once, three times or until it is put out.
import { build } from './build-element.js';
import { callSandbox, showToast } from './call-sandbox.js';

const kinds = [
  ['http500', 'Lỗi máy chủ (500)', 'Chưa nhận tin'],
  ['rate_limit', 'Gọi quá nhanh', 'Zalo -32 · Messenger 429'],
  ['reset', 'Ngắt kết nối trước khi nhận', 'Chưa nhận tin'],
  ['drop_answer', 'Nhận rồi, mất câu trả lời', 'Khách vẫn thấy tin'],
  ['stall', 'Trả lời chậm 35 giây', 'Khách vẫn thấy tin'],
  ['bad_json', 'Câu trả lời hỏng', 'Khách vẫn thấy tin'],
  ['expired_token', 'Token hết hạn', 'Zalo -216 · Messenger 190'],
  ['window_closed', 'Đóng cửa sổ nhắn tin', 'Zalo -230 · Messenger 10'],
  ['quota_used_up', 'Hết hạn mức', 'Zalo -211 · Messenger 4'],
  ['echo_never', 'Không báo lại tin đã gửi', 'Mất echo'],
  ['echo_late', 'Báo lại muộn 20 giây', 'Echo tới sau'],
  ['echo_twice', 'Báo lại hai lần', 'Echo trùng'],
  ['webhook_twice', 'Webhook gửi hai lần', 'Tin khách bị lặp'],
  ['webhook_late', 'Webhook muộn 20 giây', 'Tin khách tới trễ'],
  ['webhook_reordered', 'Webhook đảo thứ tự', 'Tin sau tới trước'],
  ['webhook_never', 'Mất webhook', 'Tin khách không tới'],
];
const lengths = { stall: 35_000, echo_late: 20_000, webhook_late: 20_000 };

/** A row of radio buttons; tells the value of the chosen one. */
function onChoice(id, work) {
  document.getElementById(id).addEventListener('change', (event) => work(event.target.value));
}

/** `show(faults)` draws what is active now. */
export function createFaultPanel() {
  let channel = 'zalo';
  let count = '1';
  let faults = [];
  const list = document.getElementById('fault-list');
  const rows = kinds.map(([kind, title, hint]) => {
    const state = build('span', { className: 'fault-left' });
    const button = build(
      'button',
      {
        type: 'button',
        className: 'fault',
        attributes: { role: 'switch', 'aria-checked': 'false' },
        on: { click: () => toggle(kind) },
      },
      build(
        'span',
        { className: 'fault-words' },
        build('strong', { textContent: title }),
        build('small', { textContent: hint }),
      ),
      state,
      build('span', { className: 'knob', attributes: { 'aria-hidden': 'true' } }),
    );
    list.append(build('li', {}, button));
    return { kind, button, state };
  });

  const active = (kind) => faults.filter((fault) => fault.channel === channel && fault.kind === kind);

  async function toggle(kind) {
    const on = active(kind);
    const results =
      on.length > 0
        ? await Promise.all(on.map((fault) => callSandbox('DELETE', `/control/faults/${fault.id}`)))
        : [await callSandbox('POST', '/control/faults', newFault(kind))];
    const failed = results.find((result) => !result.ok);
    if (failed !== undefined) showToast(failed.reason);
  }

  const newFault = (kind) => ({
    channel,
    kind,
    ...(count === '' ? {} : { count: Number(count) }),
    ...(lengths[kind] === undefined ? {} : { ms: lengths[kind] }),
  });

  function draw() {
    for (const { kind, button, state } of rows) {
      const [fault] = active(kind);
      button.setAttribute('aria-checked', String(fault !== undefined));
      state.textContent = fault === undefined ? '' : fault.count === undefined ? 'mãi' : `còn ${fault.count}`;
    }
    document.getElementById('faults-clear').disabled = faults.length === 0;
    document.querySelector('.tabs [data-tab="faults"]').classList.toggle('marked', faults.length > 0);
  }

  onChoice('fault-channel', (value) => {
    channel = value;
    draw();
  });
  onChoice('fault-count', (value) => {
    count = value;
  });
  document.getElementById('faults-clear').addEventListener('click', () => callSandbox('DELETE', '/control/faults'));
  draw();
  return {
    show(next) {
      faults = next;
      draw();
    },
  };
}
