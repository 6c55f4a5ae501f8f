// From a code of Zalo's to how the send ended. Keyed by host, then by code; an unknown code is a refusal that is logged.
import type { SendResult } from '../channel.ts';
import type { ErrorMeaning } from './error-meaning.ts';
import { oaErrors } from './oa-errors.ts';
import type { ZaloHost } from './render-message.ts';
import { retryTime } from './retry-time.ts';
import { znsErrors } from './zns-errors.ts';

/** Null when no table knows the code. */
export function findMeaning(host: ZaloHost, code: string): ErrorMeaning | null {
  return (host === 'zns' ? znsErrors : oaErrors).get(code) ?? null;
}

/** `code` is stored as "zalo:-230" or "zns:-118", so that statistics tell the hosts apart. */
export function classifyError(host: ZaloHost, code: string, now: Date): SendResult {
  const named = `${host === 'zns' ? 'zns' : 'zalo'}:${code}`;
  const meaning = findMeaning(host, code);
  if (meaning === null) {
    const reason = `Zalo từ chối tin với mã ${code} chưa có trong bảng mã lỗi. Hãy báo kỹ thuật kèm mã này.`;
    return { outcome: 'refused', concerns: 'message', code: named, reason };
  }
  switch (meaning.outcome) {
    case 'later':
      return {
        outcome: 'later',
        concerns: meaning.concerns,
        retryAt: retryTime(meaning.wait, now),
        ...(meaning.mostTries === undefined ? {} : { mostTries: meaning.mostTries }),
        code: named,
        reason: meaning.reason,
      };
    case 'refused':
      return { outcome: 'refused', concerns: meaning.concerns, code: named, reason: meaning.reason };
    case 'renew_token': {
      // The renewed token was refused as well: the account is sick, the message is not.
      const reason = 'Zalo không nhận mã truy cập của OA dù đã làm mới. Hãy kết nối lại OA; tin được giữ lại.';
      return { outcome: 'later', concerns: 'account', retryAt: retryTime('next_minute', now), code: named, reason };
    }
    case 'upload_again': {
      const reason = 'Zalo báo tệp đính kèm đã hết hạn dù đã tải lại. Hãy chọn tệp khác rồi gửi lại.';
      return { outcome: 'refused', concerns: 'message', code: named, reason };
    }
  }
}
