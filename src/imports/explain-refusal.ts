// A refusal of REST in words of the person who made the table: which column, what is wrong, how to mend it.
import pg from 'pg';
import { HttpError } from '../errors.ts';
import type { Mistake } from './build-row.ts';

const WORDS: Readonly<Record<string, { field: string | null; message: string }>> = {
  unknown_customer: {
    field: 'customer',
    message: 'Không có khách hàng với mã này. Nhập khách hàng trước, hoặc sửa mã cho khớp.',
  },
  product_missing: { field: 'product', message: 'Hợp đồng mới cần có sản phẩm. Thêm cột "Sản phẩm".' },
  expires_before_start: { field: 'expiresAt', message: 'Ngày hết hạn phải sau ngày bắt đầu. Xem lại hai ngày này.' },
  identity_taken: {
    field: 'zalo',
    message: 'Định danh này đã thuộc một khách hàng khác. Sửa lại mã, hoặc gộp hai khách hàng trước.',
  },
  channel_not_configured: {
    field: 'zalo',
    message: 'Kênh này chưa được cấu hình nên định danh trên kênh không có nghĩa. Bỏ cột, hoặc cấu hình kênh.',
  },
  order_conflict: {
    field: 'id',
    message: 'Đơn hàng này đã có với khách hàng hoặc loại khác. Dùng mã khác, hoặc ghi hoàn tiền rồi đơn mới.',
  },
  consent_in_future: { field: 'consentAt', message: 'Ngày đồng ý nằm ở tương lai. Ghi ngày khách đã nói đồng ý.' },
  at_in_future: { field: 'at', message: 'Thời điểm nằm ở tương lai. Ghi lúc việc đã xảy ra.' },
  unknown_subscription: {
    field: 'subscription',
    message: 'Khách này không có hợp đồng với mã ấy. Nhập hợp đồng trước, hoặc sửa mã.',
  },
  refund_too_large: {
    field: 'amount',
    message: 'Hoàn nhiều hơn phần còn lại của đơn gốc. Xem lại số tiền và các lần hoàn trước.',
  },
  not_a_refund: { field: 'kind', message: 'Có đơn gốc thì loại phải là hoàn tiền. Điền "hoàn tiền" vào cột loại.' },
  unknown_order: { field: 'refundOf', message: 'Không có đơn hàng gốc của khoản hoàn tiền này. Nhập đơn gốc trước.' },
};

/** What a row was refused with; null = not the row's fault, so the batch must not go on. */
export function explainRefusal(error: unknown, headingOf: (field: string) => string | null): Mistake[] | null {
  if (error instanceof HttpError) {
    if (error.status >= 500) return null;
    const known = Object.hasOwn(WORDS, error.code) ? WORDS[error.code] : undefined;
    if (known) return [{ column: known.field && headingOf(known.field), message: known.message }];
    return [{ column: null, message: `Bị từ chối (${error.code}): ${error.message}` }];
  }
  // 22 data, 23 integrity: this row's values. Its text may quote them, so it is not shown.
  if (error instanceof pg.DatabaseError && /^(22|23)/.test(error.code ?? '') && !isConflict(error)) {
    return [{ column: null, message: `Cơ sở dữ liệu từ chối dòng này (mã ${error.code}). Xem lại các giá trị.` }];
  }
  return null;
}

/** Somebody else wrote the same at the same moment: the loser begins again. */
export function isConflict(error: unknown): boolean {
  return error instanceof pg.DatabaseError && ['40P01', '40001', '23505', '23503', '55P03'].includes(error.code ?? '');
}
