// An approved template filled by a member of staff: what may still be said when the window is closed.
import type pg from 'pg';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import { HttpError } from '../errors.ts';
import {
  type ApprovedTemplate,
  describeTroubles,
  fillTemplate,
  findParameterTroubles,
} from '../flows/approved-template.ts';
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import type { Message } from '../flows/message-schema.ts';
import { readApprovals } from '../outbox/template-states.ts';

export type TemplateDeps = { scripts: () => { catalogue: Pick<Catalogue, 'template' | 'templates'> } };

/** Throws unknown_template, template_unusable. */
export async function makeTemplate(
  { scripts }: TemplateDeps,
  client: pg.ClientBase,
  { channel, id, values }: { channel: ChannelName; id: string; values: Record<string, string> },
): Promise<Message> {
  const { catalogue } = scripts();
  const template = catalogue.template(id);
  if (template === null || template.channel !== channel) throw unknown(id, channel, [...catalogue.templates.values()]);
  const approval = (await readApprovals(client)).get(id) ?? template.approval;
  if (approval !== 'approved') throw unusable(`Mẫu tin "${id}" chưa được duyệt (${approval}).`);
  if (template.via === 'zns') throw unusable(`Mẫu tin "${id}" gửi theo số điện thoại, không gửi vào hội thoại này.`);
  const troubles = findParameterTroubles(template, values);
  if (troubles.length > 0) throw unusable(`Mẫu tin "${id}" điền chưa đúng: ${describeTroubles(troubles)}.`);
  return {
    kind: 'template',
    templateId: template.providerId,
    language: template.language,
    parameters: values,
    name: template.id,
    preview: fillTemplate(template, values),
  };
}

function unknown(id: string, channel: ChannelName, templates: ApprovedTemplate[]): HttpError {
  const names = templates.filter((one) => one.channel === channel).map((one) => one.id);
  const message = `There is no template "${id}" for ${channel}. There are: ${names.join(', ') || 'none'}.`;
  return new HttpError(422, 'unknown_template', message, { templates: names });
}

function unusable(message: string): HttpError {
  return new HttpError(422, 'template_unusable', message);
}
