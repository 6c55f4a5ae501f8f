// The parts of Zalo's webhook bodies that we read, for all events in one loose shape. A part that is not as expected is
// simply absent: a signed body can never make the parser fail. Every text is cleaned here, once.
import { z } from 'zod';
import { cleanText } from '../../flows/vietnamese-text.ts';

const LONGEST_ID = 200;

const text = z.string().transform(cleanText).optional().catch(undefined);
/** Longer ones would not fit into a database index, and no provider sends them. */
const id = z.string().transform(cleanText).pipe(z.string().min(1).max(LONGEST_ID)).optional().catch(undefined);

function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).optional().catch(undefined);
}

const payloadSchema = part({
  url: text,
  thumbnail: text,
  description: text,
  title: text,
  name: text,
  /** Of a file: its extension. */
  type: text,
  id: text,
  coordinates: part({ latitude: text, longitude: text }),
});

const attachmentSchema = z.object({ type: text, payload: payloadSchema }).catch({ type: undefined });

const messageSchema = part({
  msg_id: id,
  message_id: id,
  msg_ids: z.array(id).optional().catch(undefined),
  quote_msg_id: id,
  text,
  attachments: z.array(attachmentSchema).optional().catch(undefined),
  react_icon: text,
  delivery_time: text,
  tracking_id: id,
  rating_type: text,
  rate: text,
  note: text,
  feedbacks: z.array(text).optional().catch(undefined),
  data: text,
});

const infoSchema = part({
  name: text,
  phone: text,
  user_dob: text,
  address: text,
  ward: text,
  district: text,
  city: text,
  full_address: part({ user_city: text, user_ward: text, user_address: text }),
});

export const webhookSchema = z.object({
  event_name: text,
  timestamp: text,
  oa_id: id,
  sender: part({ id, admin_id: id }),
  recipient: part({ id }),
  follower: part({ id }),
  user_id: id,
  data: part({ user_id: id }),
  source: text,
  msg_id: id,
  template_id: id,
  status: part({ new_status: text }),
  quality: text,
  reason: text,
  message: messageSchema,
  info: infoSchema,
});

export type ZaloWebhook = z.infer<typeof webhookSchema>;
export type ZaloWebhookMessage = NonNullable<ZaloWebhook['message']>;
export type ZaloWebhookAttachment = NonNullable<ZaloWebhookMessage['attachments']>[number];
