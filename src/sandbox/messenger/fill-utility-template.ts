// Utility templates: only what was approved, with every parameter given (contract sheet, 2.4).
import { z } from 'zod';
import { type Answer, type ApiCall, readJsonBody } from '../answer-call.ts';
import { createNumericId } from '../create-ids.ts';
import type { NewMessage, UtilityTemplate } from '../sandbox-schema.ts';
import type { World } from '../world.ts';
import { badParameter, type GraphRefusal, refuseGraph } from './refuse.ts';

const parameter = z.looseObject({
  type: z.string(),
  text: z.string().min(1).optional(),
  parameter_name: z.string().optional(),
  payload: z.string().optional(),
  url: z.string().optional(),
});
const sendSchema = z.strictObject({
  name: z.string(),
  language: z.strictObject({ code: z.string() }),
  components: z
    .array(z.strictObject({ type: z.enum(['header', 'body', 'buttons']), parameters: z.array(parameter) }))
    .default([]),
});
type Parameter = z.infer<typeof parameter>;

export type FilledTemplate =
  | { ok: true; shown: Omit<NewMessage, 'id' | 'at' | 'from'> }
  | { ok: false; refusal: GraphRefusal };

/** The words of an approved template with its parameters in place. */
export function fillUtilityTemplate(world: World, given: unknown): FilledTemplate {
  const parsed = sendSchema.safeParse(given);
  if (!parsed.success) return refuseTemplate('message.template');
  const { name, language, components } = parsed.data;
  const template = findTemplate(world, name, language.code);
  if (template?.status !== 'APPROVED') return refuseTemplate(`template ${name} in ${language.code} is not approved`);
  const of = (type: string) => components.find((component) => component.type === type)?.parameters ?? [];
  const header = fillIn(template.header ?? '', of('header'));
  const body = fillIn(template.body, of('body'));
  if (header === null || body === null) return refuseTemplate('template parameters do not fit');
  const shown: Omit<NewMessage, 'id' | 'at' | 'from'> = { kind: 'template', text: body, subtitle: header };
  const filled = fillButtons(template, of('buttons'));
  return { ok: true, shown: { ...shown, ...filled } };
}

const refuseTemplate = (what: string): FilledTemplate => ({ ok: false, refusal: badParameter(what) });

const findTemplate = (world: World, name: string, language: string): UtilityTemplate | undefined =>
  world.state.utilityTemplates.find((template) => template.name === name && template.language === language);

/** null when a parameter is missing or left over. */
function fillIn(text: string, parameters: Parameter[]): string | null {
  const names = [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '');
  if (new Set(names).size !== parameters.length) return null;
  let isMissing = false;
  const filled = text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const position = /^\d+$/.test(name) ? Number(name) - 1 : -1;
    const value = parameters[position]?.text ?? parameters.find((each) => each.parameter_name === name)?.text;
    if (value === undefined) isMissing = true;
    return value ?? '';
  });
  return isMissing ? null : filled;
}

function fillButtons(template: UtilityTemplate, parameters: Parameter[]): Pick<NewMessage, 'choices' | 'links'> {
  const filled = template.buttons.map((button, index) => {
    const given = parameters[index]?.payload ?? parameters[index]?.url ?? '';
    return { ...button, target: button.target.replace(/\{\{\w+\}\}/, given) };
  });
  return {
    choices: filled
      .filter((button) => button.type === 'POSTBACK')
      .map((button) => ({ kind: 'postback' as const, title: button.text, payload: button.target })),
    links: filled
      .filter((button) => button.type === 'URL')
      .map((button) => ({ kind: 'url' as const, title: button.text, target: button.target })),
  };
}

const component = z.looseObject({
  type: z.enum(['HEADER', 'BODY', 'BUTTONS']),
  text: z.string().optional(),
  buttons: z
    .array(
      z.looseObject({
        type: z.enum(['POSTBACK', 'URL']),
        text: z.string(),
        payload: z.string().optional(),
        url: z.string().optional(),
      }),
    )
    .optional(),
});
const createSchema = z.looseObject({
  name: z.string().regex(/^[^#$%]+$/),
  language: z.string(),
  category: z.literal('UTILITY'),
  components: z.array(component),
});

/** POST /{page}/message_templates: approved at once, as the real one mostly does. */
export function createUtilityTemplate(world: World, call: ApiCall): Answer {
  const body = readJsonBody(call);
  const parsed = createSchema.safeParse(body.ok ? body.value : null);
  if (!parsed.success) return refuseGraph(world.random, badParameter('message_templates'));
  const { name, language, components } = parsed.data;
  const text = components.find((each) => each.type === 'BODY')?.text ?? '';
  if (text === '' || /^\s*\{\{|\}\}\s*$/.test(text)) return refuseGraph(world.random, badParameter('INCORRECT_PARAMS'));
  const buttons = components.flatMap((each) => each.buttons ?? []);
  world.state.utilityTemplates = [
    ...world.state.utilityTemplates.filter((each) => each.name !== name || each.language !== language),
    {
      name,
      language,
      status: 'APPROVED',
      header: components.find((each) => each.type === 'HEADER')?.text ?? null,
      body: text,
      buttons: buttons.map((button) => ({
        type: button.type,
        text: button.text,
        target: button.payload ?? button.url ?? '',
      })),
    },
  ];
  world.events.emit('change');
  return { status: 200, body: { id: createNumericId(world.random, 15), status: 'APPROVED', category: 'UTILITY' } };
}

/** GET /{page}/message_templates?name=. */
export function listUtilityTemplates(world: World, call: ApiCall): Answer {
  const wanted = call.query.get('name');
  const data = world.state.utilityTemplates
    .filter((template) => wanted === null || template.name === wanted)
    .map(({ name, language, status }) => ({ name, language, status, category: 'UTILITY' }));
  return { status: 200, body: { data } };
}
