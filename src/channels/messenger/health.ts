// Is the page still ours to serve? After an hour of failures Meta unsubscribes an app without a word to its webhook.
import { z } from 'zod';
import type { ChannelHealth } from '../channel.ts';
import type { GraphClient } from './api-client.ts';
import { explainError } from './errors.ts';
import { readGraphError } from './read-send-answer.ts';

const appsSchema = z.object({
  data: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String),
      subscribed_fields: z.array(z.string()).optional().catch(undefined),
    }),
  ),
});

/** Without these the bot is deaf, or does not see that a person answered in the page's inbox. */
const NEEDED_FIELDS = ['messages', 'messaging_postbacks', 'message_echoes'];

/** Never throws. The reason is Vietnamese, for the operator. */
export async function checkHealth(client: GraphClient, appId: string): Promise<ChannelHealth> {
  const answer = await client.call({ method: 'GET', path: 'me/subscribed_apps' });
  if (answer.kind !== 'answered') return { ok: false, reason: `Không kết nối được Facebook (${answer.code}).` };
  const error = readGraphError(answer.body);
  if (error) return { ok: false, reason: explainError(error).reason };
  const parsed = appsSchema.safeParse(answer.body);
  if (!parsed.success) return { ok: false, reason: `Facebook trả lời không như mong đợi (http ${answer.status}).` };
  const us = parsed.data.data.find((app) => app.id === appId);
  if (!us)
    return {
      ok: false,
      reason: 'Trang chưa đăng ký (hoặc đã bị gỡ) ứng dụng này: đăng ký lại webhook cho trang (subscribed_apps).',
    };
  const missing = NEEDED_FIELDS.filter((field) => us.subscribed_fields && !us.subscribed_fields.includes(field));
  if (missing.length > 0) return { ok: false, reason: `Trang chưa đăng ký các mục webhook: ${missing.join(', ')}.` };
  return { ok: true, reason: null };
}
