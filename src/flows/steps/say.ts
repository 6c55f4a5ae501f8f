// say: one message of ours, perhaps with a picture, a file or links, then on.
import { z } from 'zod';
import type { Link } from '../message-schema.ts';
import type { RunScope } from '../run-scope.ts';
import { fallbackTemplates, fallbackTexts, prepareSpeech, prepareVoice, speechFields, spokenBy } from './speech.ts';
import { defineStepKind, type FlowPlan, nextExit, stepFields, textSchema } from './step-kind.ts';

/** What is no address on the web is never shown, or refused by the provider: told while the file is written. */
const addressSchema = z
  .string()
  .min(1)
  .max(2_000)
  .refine(
    (address) => /^(https?:\/\/|\{)/i.test(address.trim()),
    'Địa chỉ phải bắt đầu bằng "https://". Ảnh và tệp ở trong máy thì đưa lên trang web của bạn trước, rồi chép địa chỉ vào đây.',
  );

const linkField = z.union([
  z.strictObject({ title: z.string().trim().min(1).max(100), url: addressSchema }),
  z.strictObject({ title: z.string().trim().min(1).max(100), phone: z.string().min(3).max(40) }),
]);

const saySchema = z
  .strictObject({
    ...stepFields,
    say: textSchema.describe('Lời nói với khách'),
    ...speechFields,
    image: addressSchema.optional().describe('Địa chỉ https của ảnh, gửi trước lời nói'),
    file: z
      .strictObject({ source: addressSchema, name: z.string().min(3).max(100) })
      .optional()
      .describe('Tệp gửi kèm; "name" phải có đuôi, ví dụ bang-gia.pdf'),
    links: z.array(linkField).max(5).default([]).describe('Nút mở trang (url) hoặc gọi điện (phone)'),
  })
  .describe('say: nói một câu');
type SayStep = z.infer<typeof saySchema>;

export const sayKind = defineStepKind<SayStep>({
  key: 'say',
  schema: saySchema,
  waits: false,
  exits: (step) => [nextExit(step)],
  spoken: (step) => [
    spokenBy(step, 'say', step.say, {
      links: step.links.map(({ title }, index) => ({ title, path: ['links', index] })),
    }),
  ],
  texts: (step) => [
    ...fallbackTexts(step),
    ...(step.image === undefined ? [] : [{ path: ['image'], text: step.image }]),
    ...(step.file === undefined ? [] : [{ path: ['file', 'source'], text: step.file.source }]),
    ...step.links.map((link, index) =>
      'url' in link
        ? { path: ['links', index, 'url'], text: link.url }
        : { path: ['links', index, 'phone'], text: link.phone },
    ),
  ],
  templates: fallbackTemplates,
  behave: (step, plan) => {
    const speak = prepareSpeech(step, step.say, plan);
    const attach = prepareAttachments(step, plan);
    const links = prepareLinks(step, plan);
    return { arrive: (scope) => ({ commands: [...attach(scope), speak(scope, { links: links(scope) })] }) };
  },
});

function prepareAttachments(step: SayStep, plan: FlowPlan) {
  const voice = prepareVoice(step, plan);
  const image = step.image === undefined ? null : plan.template(step.image);
  const file = step.file === undefined ? null : { name: step.file.name, source: plan.template(step.file.source) };
  return (scope: RunScope) => {
    const picture = image?.(scope) ?? '';
    const document = file?.source(scope) ?? '';
    return [
      ...(picture === '' ? [] : [voice.say({ kind: 'image', source: picture }, scope)]),
      ...(document === '' || file === null
        ? []
        : [voice.say({ kind: 'file', source: document, name: file.name }, scope)]),
    ];
  };
}

/** A link whose address is empty at that moment (no calendar file, no hotline) is left out. */
function prepareLinks(step: SayStep, plan: FlowPlan): (scope: RunScope) => Link[] {
  const links = step.links.map((link) => ({
    title: link.title,
    kind: 'url' in link ? ('url' as const) : ('phone' as const),
    render: plan.template('url' in link ? link.url : link.phone),
  }));
  return (scope) =>
    links.flatMap(({ title, kind, render }): Link[] => {
      const address = render(scope).trim();
      if (kind === 'phone') return address === '' ? [] : [{ kind, title, phone: address }];
      return URL.canParse(address) && /^https?:/i.test(address) ? [{ kind, title, url: address }] : [];
    });
}
