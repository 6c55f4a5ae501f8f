// The step of a script: silence before the deadline is another end than the deadline itself.
import { expect, it } from 'vitest';
import { startRun, stepRun } from '../../src/flows/run-flow.ts';
import { compileSteps, facts, guides } from '../flows/sample-run.ts';

const flow = compileSteps(
  `
  - id: moi
    offer: NANG-CAP
    benefit: Tiết kiệm 2 giờ mỗi ngày.
    deadline: subscription.expires_at
    accept: { title: Đồng ý, go: end }
    expired: qua_han
    no_reply: { after: 3 days, go: im_lang }
  - id: qua_han
    end: Hết hạn rồi ạ.
  - id: im_lang
    end: Em không làm phiền nữa ạ.
`,
  'settings: { if_closed: skip }',
);

it.each([
  {
    what: 'silence',
    expires: '2026-12-24T09:00:00+07:00',
    after: '2026-11-27T09:00:00+07:00',
    state: 'ignored',
    step: 'im_lang',
  },
  {
    what: 'the deadline',
    expires: '2026-11-25T09:00:00+07:00',
    after: '2026-11-25T09:00:00+07:00',
    state: 'expired',
    step: 'qua_han',
  },
])('ends by $what', ({ expires, after, state, step }) => {
  const subscription = facts.subscription && { ...facts.subscription, expires_at: expires };
  const begun = startRun(flow, { facts: { ...facts, subscription }, guides, variables: {} });
  expect(begun.commands.find(({ type }) => type === 'start_timer')).toMatchObject({
    dueAt: new Date(after).toISOString(),
  });
  const later = { ...facts, subscription, now: new Date(after).toISOString() };
  const ended = stepRun(flow, begun.snapshot, { type: 'timer', key: 'moi' }, { facts: later, guides });
  expect(ended.commands).toContainEqual(expect.objectContaining({ type: 'record_offer', state }));
  expect(ended.step).toBe(step);
});
