// What is wrong with a ladder is told when the flow is published, at the line where it stands.
import { expect, test } from 'vitest';
import {
  type ApprovedTemplate,
  fillTemplate,
  findParameterTroubles,
  findSellingWords,
  isLabelled,
  type TemplateRegistry,
} from '../../src/flows/approved-template.ts';
import { readFlow } from '../../src/flows/read-flow.ts';
import { validateFlows } from '../../src/flows/validate-flow.ts';

const zbs: ApprovedTemplate = {
  id: 'nhac',
  channel: 'zalo',
  via: 'zbs',
  providerId: '1',
  approval: 'approved',
  price: 300,
  language: 'vi',
  parameters: { name: { max: 10, required: true }, note: { max: 5, required: false } },
  text: 'Chào {{name}}, gói <note> sắp hết hạn.',
};
const utility: ApprovedTemplate = { ...zbs, id: 'tien-ich', channel: 'messenger', via: 'utility', parameters: {} };
const templates: TemplateRegistry = new Map(
  [
    zbs,
    utility,
    { ...zbs, id: 'cho', approval: 'pending' as const },
    { ...zbs, id: 'tat', approval: 'disabled' as const },
    { ...utility, id: 'ban', text: 'Giảm giá 20 % hôm nay' },
    { ...zbs, id: 'qc', parameters: {}, text: '[QC] Gói mới. Nhắn DỪNG để ngừng nhận tin.' },
  ].map((one) => [one.id, one]),
);

function codes(ifClosed: string, purpose = 'care'): string[] {
  const source = `id: thu
title: Thử
entry: [{ on: manual }]
settings:
  purpose: ${purpose}
  if_closed: ${ifClosed}
steps:
  - { id: a, say: Chào }
  - { id: b, end: true }
`;
  const { flow, problems } = readFlow('thu.flow.yaml', source);
  const sense = flow === null ? [] : validateFlows([flow], { templates });
  return [...problems, ...sense].map(({ code, severity }) => `${severity} ${code}`);
}

test.each([
  ['skip', []],
  ['task', []],
  ['email', []],
  ['[{ template: nhac, with: { name: Lan } }, email, task]', []],
  ['[{ email: { subject: Gói của mình, text: "Chào {customer.name}" } }, task]', []],
  ['[{ template: nhac, with: { name: "{customer.name}" } }]', []],
  ['{ template: nhacc }', ['error unknown_template']],
  ['[email, { template: nhac }]', ['error missing_parameter']],
  ['[{ template: nhac, with: { name: Nguyễn Thị Ngọc Lan } }]', ['error parameter_too_long']],
  ['[{ template: nhac, with: { name: Lan, gia: "1" } }]', ['error unknown_parameter']],
  ['[{ template: nhac, with: { name: "{customer.nam}" } }]', ['error unknown_variable']],
  ['[{ template: cho, with: { name: Lan } }, task]', ['warning template_not_approved']],
  ['[{ template: tat, with: { name: Lan } }, task]', ['error template_not_approved']],
  ['[{ template: ban }]', ['error selling_in_utility']],
  ['[{ template: tien-ich }]', []],
])('%s → %j', (ifClosed, expected) => {
  expect(codes(ifClosed)).toEqual(expected);
});

test('advertising: never by a utility template, and only by one that carries label and way out', () => {
  expect(codes('[{ template: tien-ich }]', 'advertising')).toEqual(['error selling_in_utility']);
  expect(codes('[{ template: nhac, with: { name: Lan } }]', 'advertising')).toEqual(['error missing_label']);
  expect(codes('[{ template: qc }]', 'advertising')).toEqual([]);
});

test('nothing may stand below a task; an empty ladder or a word that is none is refused', () => {
  for (const wrong of ['[task, email]', '[]', 'mail', '[skip]']) expect(codes(wrong)).not.toEqual([]);
});

test('parameters are counted as the provider counts them: composed letters, no blanks around', () => {
  expect(findParameterTroubles(zbs, { name: ' Nguyễn Lan '.normalize('NFD') })).toEqual([]);
  expect(findParameterTroubles(zbs, { name: '   ' })).toEqual([{ name: 'name', trouble: 'missing' }]);
  expect(fillTemplate(zbs, { name: 'Lan', note: 'Spa' })).toBe('Chào Lan, gói Spa sắp hết hạn.');
});

test('labels and selling words', () => {
  expect(isLabelled('[QC] Gói mới.\nNhắn DỪNG để ngừng nhận tin.')).toBe(true);
  expect(isLabelled('Gói mới. Nhắn DỪNG để ngừng nhận tin.')).toBe(false);
  expect(isLabelled('[QC] Gói mới.')).toBe(false);
  expect(findSellingWords('Gói sắp hết hạn')).toBeNull();
  expect(findSellingWords('Tặng 2 tháng'.normalize('NFD'))).not.toBeNull();
});
