import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../src/flows/catalogue/read-catalogue.ts';
import { readJourney } from '../../../src/flows/journeys/read-journey.ts';
import { validateJourneys } from '../../../src/flows/journeys/validate-journeys.ts';
import type { Problem } from '../../../src/flows/problem.ts';
import { readFlow } from '../../../src/flows/read-flow.ts';

const flowOf = (id: string, purpose: string) => {
  const head = `id: ${id}\ntitle: ${id}\nentry: [{ on: manual }]\nsettings: { purpose: ${purpose} }\n`;
  const { flow } = readFlow(`${id}.flow.yaml`, `${head}steps: [{ id: chao, end: Chào }]`);
  if (flow === null) throw new Error('unreadable');
  return flow;
};
const flows = [flowOf('nhac', 'care'), flowOf('moi', 'advertising')];
const { catalogue } = readCatalogue(
  new Map([['offers.yaml', 'offers: [{ code: LEN-GOI, title: Lên gói, kind: upsell, benefit: Đỡ hai giờ }]']]),
);

const good = `id: thu
title: Thử
stage: renewal
purpose: care
for: subscription
trigger: { on: date, of: subscription.expires_at }
audience: subscription.status in ["active", "trial"]
goal: since.subscription_renewed > 0
steps:
  - { id: truoc, offset: -7 days, at: "09:00", flow: nhac }
  - { id: goi, offset: -1 day, task: "Gọi {customer.name}", kind: renewal_call, due: 24 hours }
`;

function problemsOf(source: string): Problem[] {
  const { journey, problems } = readJourney('journeys/thu.journey.yaml', source);
  return [...problems, ...(journey === null ? [] : validateJourneys([journey], { flows, catalogue }))];
}
const changed = (...changes: [string, string][]) =>
  changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(from);
    return text.replace(from, to);
  }, good);
const event = 'trigger: { on: event, event: subscription_activated }';
const date = 'trigger: { on: date, of: subscription.expires_at }';
const truoc = '{ id: truoc, offset: -7 days, at: "09:00", flow: nhac }';

describe('a journey file', () => {
  it('without mistakes has no problems', () => {
    expect(problemsOf(good)).toEqual([]);
  });

  it.each<[string, number, [string, string][]]>([
    ['unknown_flow', 10, [['flow: nhac', 'flow: nhacc']]],
    ['unknown_target', 10, [['flow: nhac', 'flow: nhac/chaoo']]],
    ['unknown_offer', 10, [['flow: nhac', 'flow: nhac, offer: LEN-GOII']]],
    ['offer_needs_advertising', 10, [['flow: nhac', 'flow: nhac, offer: LEN-GOI']]],
    ['purpose_mismatch', 10, [['flow: nhac', 'flow: moi']]],
    ['purpose_mismatch', 10, [['purpose: care', 'purpose: advertising']]],
    ['unknown_variable', 7, [['subscription.status', 'subscription.state']]],
    ['bad_condition', 8, [['> 0', '>']]],
    ['unknown_event', 8, [['since.subscription_renewed', 'since.subscription_renewd']]],
    ['since_too_early', 7, [['subscription.status in ["active", "trial"]', 'since.guide_shown > 0']]],
    ['unknown_variable', 11, [['{customer.name}', '{customer.nam}']]],
    ['duplicate_id', 11, [['id: goi', 'id: truoc']]],
    ['offsets_out_of_order', 11, [['-1 day', '-9 days']]],
    ['negative_offset', 10, [[date, event]]],
    ['until_before_offset', 10, [[truoc, '{ id: truoc, offset: 7 days, every: 1 day, until: 3 days, flow: nhac }']]],
    ['until_without_every', 10, [['flow: nhac', 'flow: nhac, until: 3 days']]],
    ['repeats_too_often', 10, [['flow: nhac', 'flow: nhac, every: 5 minutes, until: 1 day']]],
    [
      'endless_repeat',
      10,
      [
        ['for: subscription', 'for: customer'],
        [date, 'trigger: { on: date, of: customer.attributes.ngay }'],
        ['flow: nhac', 'flow: nhac, every: 1 day'],
      ],
    ],
    ['clock_in_segment', 6, [[date, 'trigger: { on: segment, when: subscription.days_left < 7 }']]],
    ['clock_in_audience', 7, [['subscription.status in ["active", "trial"]', 'subscription.days_left < 40']]],
    ['nobody_enters', 5, [['for: subscription', 'for: order']]],
    [
      'nobody_enters',
      5,
      [
        ['for: subscription', 'for: case'],
        [date, event],
      ],
    ],
    ['nobody_enters', 7, [['["active", "trial"]', '["cancelled"]']]],
    ['not_a_date', 6, [['subscription.expires_at', 'subscription.plan']]],
    ['missing_goal', 1, [['goal: since.subscription_renewed > 0\n', '']]],
    ['unknown_event', 6, [[date, 'trigger: { on: event, event: subscription_activate }']]],
    ['unknown_key', 3, [['stage: renewal', 'stage: renewal\nprioriti: 3']]],
    ['invalid_value', 3, [['stage: renewal', 'stage: renewing']]],
    ['missing_kind', 10, [[', flow: nhac', '']]],
    ['two_kinds', 10, [['flow: nhac', 'flow: nhac, task: Gọi']]],
    ['unknown_key', 10, [['flow: nhac', 'flow: nhac, due: 1 day']]],
    ['name_mismatch', 1, [['id: thu', 'id: khac']]],
    ['wrong_type', 10, [[truoc, 'gọi điện']]],
  ])('tells %s at line %i', (code, line, changes) => {
    const found = problemsOf(changed(...changes)).filter((problem) => problem.code === code);
    const line1 = code === 'unknown_key' && line === 3 ? 4 : line;
    expect(found.map((problem) => problem.line)).toContain(line1);
    expect(found[0]?.message).toMatch(/[.!?"]$/);
    expect(found[0]?.fix.length).toBeGreaterThan(5);
  });

  it('tells all mistakes at once, and what was meant', () => {
    const found = problemsOf(
      changed(['stage: renewal', 'stage: renewl'], ['task: "Gọi', 'tsk: "Gọi'], ['-7 days', '7 ngày nữa']),
    );
    expect(found.map(({ code }) => code).sort()).toEqual(['invalid_value', 'invalid_value', 'unknown_key']);
    expect(found.find(({ code }) => code === 'unknown_key')?.fix).toContain('"task"');
  });

  it('tells a condition that cannot be read as that alone', () => {
    const found = problemsOf(changed(['subscription.status in ["active", "trial"]', 'subscription.status = "active"']));
    expect(found.map(({ code }) => code)).toEqual(['bad_condition']);
  });

  it('shares its name with no other', () => {
    const [a, b] = ['a/thu.journey.yaml', 'b/thu.journey.yaml'].map((path) => readJourney(path, good).journey);
    if (!a || !b) throw new Error('unreadable');
    expect(validateJourneys([a, b], { flows, catalogue })).toMatchObject([{ code: 'duplicate_journey', file: b.path }]);
  });
});
