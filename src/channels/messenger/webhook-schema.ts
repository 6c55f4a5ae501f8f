// The parts of Meta's events that we read. Lenient on purpose: a field of an unexpected form is as if it were absent,
// it never costs the event, and never the other events of the same POST.
import { z } from 'zod';

/** Ids and numbers-or-strings of Meta's pages; too long ones cannot be keys and are dropped. */
const id = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().min(1).max(128))
  .optional()
  .catch(undefined);
/** Message ids are long already; longer than this they are no ids. */
const messageId = z.string().min(1).max(1000).optional().catch(undefined);
const text = z.string().optional().catch(undefined);
const textOrNumber = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

function maybe<T extends z.ZodType>(schema: T) {
  return schema.nullish().catch(undefined);
}

/** A list without its unreadable items. */
function listOf<T extends z.ZodType>(schema: T) {
  return z
    .array(schema.nullable().catch(null))
    .catch([])
    .transform((items) => items.filter((item) => item !== null));
}

export const partySchema = maybe(z.object({ id, user_ref: id }));

export const attachmentPayloadSchema = z.object({
  url: text,
  title: text,
  sticker_id: id,
  coordinates: maybe(z.object({ lat: textOrNumber, long: textOrNumber })),
  product: maybe(z.object({ elements: listOf(z.object({ title: text })) })),
});

export const messengerAttachmentSchema = z.object({
  type: text,
  url: text,
  title: text,
  payload: maybe(attachmentPayloadSchema),
});
export type MessengerAttachment = z.infer<typeof messengerAttachmentSchema>;

export const messengerReferralSchema = z.object({ ref: text, source: text, type: text, ad_id: id });
export type MessengerReferral = z.infer<typeof messengerReferralSchema>;

export const messengerMessageSchema = z.object({
  mid: messageId,
  text,
  is_echo: flag,
  is_deleted: flag,
  app_id: id,
  metadata: text,
  quick_reply: maybe(z.object({ payload: textOrNumber })),
  reply_to: maybe(z.object({ mid: messageId })),
  attachments: listOf(messengerAttachmentSchema),
  referral: maybe(messengerReferralSchema),
});
export type MessengerMessage = z.infer<typeof messengerMessageSchema>;

export const postbackSchema = z.object({
  mid: messageId,
  title: text,
  payload: text,
  referral: maybe(messengerReferralSchema),
});

export const editSchema = z.object({
  mid: z.string().min(1).max(1000),
  text: z.string(),
  num_edit: z.coerce.number().int().min(0).max(1000).catch(0),
});

export const deliverySchema = z.object({ mids: listOf(z.string().max(1000)), watermark: z.unknown() });
export const readSchema = z.object({ watermark: z.unknown() });
export const reactionSchema = z.object({ mid: messageId, action: text, emoji: text, reaction: text });

export const threadControlSchema = z.object({
  previous_owner_app_id: id,
  new_owner_app_id: id,
  requested_owner_app_id: id,
  metadata: text,
});

export const feedbackSchema = z.object({
  feedback_screens: listOf(
    z.object({
      questions: z
        .record(
          z.string(),
          maybe(
            z.object({
              type: text,
              payload: textOrNumber,
              follow_up: maybe(z.object({ payload: text })),
            }),
          ),
        )
        .catch({}),
    }),
  ),
});

export const customerInformationSchema = z.object({
  screens: listOf(z.object({ responses: listOf(z.object({ key: text, value: text })) })),
});

export const policySchema = z.object({ action: text });

export const changeSchema = z.object({
  field: text,
  value: maybe(
    z.object({
      event: text,
      message_template_status: text,
      message_template_name: id,
      message_template_language: id,
      reason: text,
    }),
  ),
});
