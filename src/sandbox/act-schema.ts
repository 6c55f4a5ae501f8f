// Everything a person with a phone, or staff in the provider's own inbox, can do in the sandbox.
import { z } from 'zod';

const words = z.string().trim().min(1).max(5000);

export const actSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('follow') }),
  z.object({ type: z.literal('unfollow') }),
  /** Opens the chat without writing: Zalo user_click_chatnow, Messenger Get Started (with `ref`: from an m.me link). */
  z.object({ type: z.literal('open_chat'), ref: z.string().max(2083).optional() }),
  z.object({ type: z.literal('write'), text: words, quoteMessageId: z.string().optional() }),
  /** `choice` is the title or the payload of something shown. */
  z.object({ type: z.literal('tap'), choice: z.string(), messageId: z.string().optional() }),
  z.object({ type: z.literal('sticker'), name: z.string().default('like') }),
  /** Without an address one of the sandbox's own pictures. */
  z.object({ type: z.literal('image'), url: z.url().optional(), caption: z.string().max(2000).optional() }),
  z.object({
    type: z.literal('location'),
    name: z.string().default('Chợ Bến Thành'),
    latitude: z.number().default(10.7725),
    longitude: z.number().default(106.698),
  }),
  z.object({ type: z.literal('contact_card'), name: words, phone: words }),
  z.object({ type: z.literal('react'), messageId: z.string(), emoji: z.enum(['❤️', '👍', '😆', '😮', '😢', '😠']) }),
  z.object({ type: z.literal('read') }),
  z.object({ type: z.literal('block') }),
  z.object({ type: z.literal('unblock') }),
  /** Written by staff in the provider's own inbox, not by the program. */
  z.object({ type: z.literal('human_reply'), text: words, adminId: z.string().default('1111111111111111111') }),
  z.object({ type: z.literal('refer'), ref: z.string().min(1).max(2083) }),
  z.object({ type: z.literal('submit_info'), name: words, phone: words, address: z.string().optional() }),
  z.object({
    type: z.literal('feedback'),
    score: z.number().int().min(0).max(10),
    comment: z.string().max(400).optional(),
  }),
]);
export type Act = z.infer<typeof actSchema>;
export type ActInput = z.input<typeof actSchema>;

/** `messageId`: the provider's id of the bubble that the act made. `reason` is a Vietnamese sentence. */
export type ActResult = { ok: true; messageId: string | null } | { ok: false; reason: string };

export const done = (messageId: string | null = null): ActResult => ({ ok: true, messageId });
export const cannot = (reason: string): ActResult => ({ ok: false, reason });

/** What each reaction is called at the providers. */
export const reactionNames: Record<string, { zalo: string; messenger: string }> = {
  '❤️': { zalo: '/-heart', messenger: 'love' },
  '👍': { zalo: '/-strong', messenger: 'like' },
  '😆': { zalo: ':>', messenger: 'smile' },
  '😮': { zalo: ':o', messenger: 'wow' },
  '😢': { zalo: ':-((', messenger: 'sad' },
  '😠': { zalo: '--b', messenger: 'angry' },
};

/** For the journal. */
export const actTitles: Record<Act['type'], string> = {
  follow: 'quan tâm OA',
  unfollow: 'bỏ quan tâm OA',
  open_chat: 'mở khung chat',
  write: 'nhắn tin',
  tap: 'chạm nút',
  sticker: 'gửi nhãn dán',
  image: 'gửi ảnh',
  location: 'gửi vị trí',
  contact_card: 'gửi danh thiếp',
  react: 'thả cảm xúc',
  read: 'đã xem',
  block: 'chặn',
  unblock: 'bỏ chặn',
  human_reply: 'được nhân viên trả lời',
  refer: 'mở từ liên kết',
  submit_info: 'gửi thông tin liên hệ',
  feedback: 'chấm điểm',
};
