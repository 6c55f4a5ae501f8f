// The e-mail that brings an invitation or a reset link, when there is a mail server. It is a courtesy: the admin has the
// link as well.
import type { Logger } from 'pino';
import { type Clock, SECOND_MS } from '../clock.ts';
import type { EmailSettings } from '../config.ts';
import { withDeadline } from '../deadline.ts';
import type { LinkKind } from './staff-schema.ts';

export type LinkLetter = { to: string; name: string; kind: LinkKind; url: string };
/** Whether it went out; never throws. */
export type MailLink = (letter: LinkLetter) => Promise<boolean>;

const LONGEST_MS = 8 * SECOND_MS;

export function createLinkMailer(
  deps: { clock: Clock; log: Pick<Logger, 'warn'>; business: { name: string } },
  settings: EmailSettings,
): MailLink {
  return async (letter) => {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      url: settings.smtpUrl,
      connectionTimeout: LONGEST_MS,
      greetingTimeout: LONGEST_MS,
      socketTimeout: LONGEST_MS,
    });
    try {
      const sending = transport.sendMail({
        from: settings.from,
        to: { name: oneLine(letter.name), address: letter.to },
        ...wordsOf(letter, oneLine(deps.business.name)),
        date: deps.clock.now(),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      await withDeadline(sending, LONGEST_MS, () => new Error('The mail server took too long.'));
      return true;
    } catch (error) {
      deps.log.warn({ err: error, kind: letter.kind }, 'a link could not be mailed; the admin has it');
      return false;
    } finally {
      transport.close();
    }
  };
}

function wordsOf({ kind, name, url }: LinkLetter, business: string): { subject: string; text: string } {
  if (kind === 'invite') {
    return {
      subject: `Lời mời vào ${business}`,
      text: `Chào ${name},\n\nBạn được mời làm việc trong hệ thống chăm sóc khách hàng của ${business}. Mở liên kết này để đặt mật khẩu (dùng một lần, trong 48 giờ):\n\n${url}\n\nNếu bạn không chờ lời mời này, hãy bỏ qua thư.`,
    };
  }
  return {
    subject: `Đặt lại mật khẩu ${business}`,
    text: `Chào ${name},\n\nMở liên kết này để đặt lại mật khẩu (dùng một lần, trong 10 phút):\n\n${url}\n\nNếu bạn không yêu cầu, hãy báo cho quản trị viên.`,
  };
}

/** A line break in a header would be another header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}
