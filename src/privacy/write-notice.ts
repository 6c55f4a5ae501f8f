// The notice of an incident as it is printed for the authority: filled in as far as it is known, with the gaps named.
import { formatDateTime } from '../flows/local-time.ts';
import type { IncidentAnswer, IncidentNotice } from './incident-schema.ts';

export type NoticeDeps = {
  timeZone: string;
  business: { name: string; hotline: string | null; website: string | null };
};

const GAP = '(chưa điền)';
const CHANNELS: Record<string, string> = { zalo: 'Zalo', messenger: 'Messenger' };

/** Vietnamese, plain text. */
export function writeNotice({ timeZone, business }: NoticeDeps, incident: IncidentAnswer): IncidentNotice {
  const missing: string[] = [];
  const filled = (field: string, value: string | null) => {
    if (value !== null && value.trim() !== '') return value;
    missing.push(field);
    return GAP;
  };
  const when = (at: string | null) => (at === null ? null : formatDateTime(Date.parse(at), timeZone));
  const numbered: [title: string, value: string][] = [
    ['Tổ chức thông báo', business.name],
    ['Đầu mối liên hệ', filled('contact', incident.contact)],
    ['Thời điểm phát hiện', when(incident.discoveredAt) ?? GAP],
    ['Thời điểm xảy ra', filled('happenedAt', when(incident.happenedAt))],
    ['Diễn biến vi phạm', filled('description', incident.description)],
    ['Loại dữ liệu cá nhân liên quan', filled('dataKinds', incident.dataKinds)],
    ['Số chủ thể dữ liệu bị ảnh hưởng', filled('scope', countOf(incident))],
    ['Phạm vi', scopeOf(incident, when)],
    ['Hậu quả có thể xảy ra', filled('consequences', incident.consequences)],
    ['Biện pháp đã và sẽ thực hiện', filled('measures', incident.measures)],
  ];
  const told = when(incident.notifiedAt);
  const text = [
    'THÔNG BÁO VI PHẠM QUY ĐỊNH VỀ BẢO VỆ DỮ LIỆU CÁ NHÂN',
    `(theo ${incident.law})`,
    '',
    ...numbered.map(([title, value], n) => `${n + 1}. ${title}: ${value}`),
    '',
    `Hạn thông báo: ${when(incident.notifyDueAt)}.`,
    told === null ? 'Chưa thông báo cho cơ quan có thẩm quyền.' : `Đã thông báo: ${told}.`,
    contactOf(business),
  ];
  return { text: text.filter((line): line is string => line !== null).join('\n'), missing };
}

function countOf({ customerCount }: IncidentAnswer): string | null {
  return customerCount === null ? null : `${new Intl.NumberFormat('vi-VN').format(customerCount)} người`;
}

function scopeOf({ scope }: IncidentAnswer, when: (at: string | null) => string | null): string {
  const parts = [
    scope.customers === null ? null : `${scope.customers} khách hàng được nêu đích danh`,
    scope.channel === null ? null : `khách trên kênh ${CHANNELS[scope.channel] ?? scope.channel}`,
    scope.from === null ? null : `có dữ liệu từ ${when(scope.from)}`,
    scope.to === null ? null : `có dữ liệu trước ${when(scope.to)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'mọi khách hàng' : parts.join('; ');
}

function contactOf({ hotline, website }: NoticeDeps['business']): string | null {
  const parts = [hotline === null ? null : `Điện thoại: ${hotline}`, website].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' – ');
}
