// What people see before they write: Get Started, the greeting, the menu beside the text field.
// Meta takes ten of these calls in ten minutes, so set it when it changes, not at every start.
import { z } from 'zod';
import type { GraphClient } from './api-client.ts';
import { explainError } from './errors.ts';
import { GET_STARTED_PAYLOAD } from './parse-postback.ts';
import { readGraphError } from './read-send-answer.ts';

const title = z.string().min(1).max(30);
export const messengerMenuSchema = z.object({
  /** {{user_first_name}} is replaced by Meta. */
  greeting: z.string().min(1).max(160).optional(),
  items: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('choice'), title, payload: z.string().min(1).max(1000) }),
        z.object({ kind: z.literal('url'), title, url: z.url({ protocol: /^https?$/ }) }),
      ]),
    )
    .max(20)
    .default([]),
  /** Questions offered to who opens the chat for the first time; they go before Get Started. */
  iceBreakers: z
    .array(z.object({ question: z.string().min(1).max(80), payload: z.string().min(1).max(1000) }))
    .max(4)
    .default([]),
});
export type MessengerMenu = z.input<typeof messengerMenuSchema>;

export type MenuResult = { ok: true } | { ok: false; code: string; reason: string };

/** Sets Get Started always, the rest as given. Throws ZodError on a menu over Meta's limits. */
export async function setMenu(client: GraphClient, menu: MessengerMenu): Promise<MenuResult> {
  const { greeting, items, iceBreakers } = messengerMenuSchema.parse(menu);
  const body = {
    get_started: { payload: GET_STARTED_PAYLOAD },
    ...(greeting ? { greeting: [{ locale: 'default', text: greeting }] } : {}),
    ...(items.length > 0
      ? {
          persistent_menu: [
            { locale: 'default', composer_input_disabled: false, call_to_actions: items.map(renderItem) },
          ],
        }
      : {}),
    ...(iceBreakers.length > 0 ? { ice_breakers: [{ locale: 'default', call_to_actions: iceBreakers }] } : {}),
  };
  return callProfile(client, 'POST', body);
}

/** Takes the named parts away; Get Started only together with the menu, which needs it. */
export async function removeMenu(
  client: GraphClient,
  fields: ('persistent_menu' | 'greeting' | 'ice_breakers' | 'get_started')[],
): Promise<MenuResult> {
  return callProfile(client, 'DELETE', { fields });
}

function renderItem(item: z.infer<typeof messengerMenuSchema>['items'][number]) {
  if (item.kind === 'url') return { type: 'web_url', title: item.title, url: item.url, webview_height_ratio: 'full' };
  return { type: 'postback', title: item.title, payload: item.payload };
}

async function callProfile(client: GraphClient, method: 'POST' | 'DELETE', body: unknown): Promise<MenuResult> {
  const answer = await client.call({ method, path: 'me/messenger_profile', body });
  if (answer.kind !== 'answered')
    return { ok: false, code: answer.code, reason: 'Không kết nối được Facebook. Thử lại sau ít phút.' };
  const error = readGraphError(answer.body);
  if (error) return { ok: false, code: `${error.code}/${error.subcode ?? '-'}`, reason: explainError(error).reason };
  if (z.object({ result: z.literal('success') }).safeParse(answer.body).success) return { ok: true };
  return {
    ok: false,
    code: `http_${answer.status}`,
    reason: 'Facebook không xác nhận thay đổi thực đơn. Thử lại sau ít phút.',
  };
}
