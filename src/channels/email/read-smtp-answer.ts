// How an attempt to send an e-mail ended, by the mail server's own code and by how far the talk had come. Codes: RFC 5321,
// section 4.2.
import { z } from 'zod';
import { MINUTE_MS } from '../../clock.ts';
import type { SendResult } from '../channel.ts';

const failureSchema = z.object({
  code: z.string().optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
});

const UNKNOWN = 'Không rõ máy chủ e-mail đã nhận thư hay chưa (mất câu trả lời). Hệ thống không tự gửi lại.';
const NO_MAILBOX = 'Địa chỉ e-mail của khách không tồn tại hoặc từ chối nhận thư. Hãy hỏi khách địa chỉ khác.';
const NOT_THIS = 'Máy chủ e-mail từ chối nội dung thư này. Hãy sửa nội dung rồi gửi lại.';
const SENDER = 'Máy chủ e-mail không cho gửi bằng tài khoản này. Kiểm tra SMTP_URL và MAIL_FROM; thư được giữ lại.';
const BUSY = 'Máy chủ e-mail tạm thời chưa nhận thư. Thư sẽ tự gửi lại.';
const AWAY = 'Không kết nối được máy chủ e-mail. Thư sẽ tự gửi lại.';

/** A server that does not know us yet says "later" and means minutes (greylisting). */
const LATER_MS = 5 * MINUTE_MS;

/** `isTold`: the server had asked for the words (354), so that it may have got them all before it fell silent. */
export function readSmtpFailure(error: unknown, { isTold, now }: { isTold: boolean; now: Date }): SendResult {
  const { code = 'unknown', responseCode, command = '' } = failureSchema.safeParse(error).data ?? {};
  const retryAt = new Date(now.getTime() + LATER_MS);
  if (responseCode === undefined) {
    if (isTold) return { outcome: 'unknown', code: `smtp_${code}`, reason: UNKNOWN };
    return code === 'EAUTH' || code === 'ETLS'
      ? { outcome: 'later', concerns: 'account', retryAt, code: `smtp_${code}`, reason: SENDER }
      : { outcome: 'later', concerns: 'account', retryAt: null, code: `smtp_${code}`, reason: AWAY };
  }
  const named = `smtp_${responseCode}`;
  if (isAboutUs(responseCode, code, command))
    return { outcome: 'later', concerns: 'account', retryAt, code: named, reason: SENDER };
  if (responseCode < 500) return { outcome: 'later', concerns: 'message', retryAt, code: named, reason: BUSY };
  return command.startsWith('RCPT')
    ? { outcome: 'refused', concerns: 'recipient', code: named, reason: NO_MAILBOX }
    : { outcome: 'refused', concerns: 'message', code: named, reason: NOT_THIS };
}

/** Signing in, encryption, our own address: everything else would be refused the same way. */
function isAboutUs(responseCode: number, code: string, command: string): boolean {
  if (code === 'EAUTH' || [421, 454, 530, 534, 535, 538].includes(responseCode)) return true;
  return (
    responseCode >= 500 && (command.startsWith('MAIL') || command.startsWith('EHLO') || command.startsWith('CONN'))
  );
}
