// Templates that a new sandbox already has approved, so that reminders outside the window can be tried at once.
import type { UtilityTemplate, ZnsTemplate } from './sandbox-schema.ts';

export const sampleZnsTemplates: ZnsTemplate[] = [
  {
    id: '331001',
    name: 'Nhắc gia hạn',
    text: 'Chào {{customer_name}}, gói {{product}} của mình hết hạn ngày {{expires_at}}. Mình gia hạn sớm để không gián đoạn công việc nhé.',
    byUserId: true,
    status: 'ENABLE',
    params: [
      { name: 'customer_name', required: true, maxLength: 30 },
      { name: 'product', required: true, maxLength: 200 },
      { name: 'expires_at', required: true, maxLength: 20 },
    ],
  },
  {
    id: '331002',
    name: 'Xác nhận lịch đào tạo',
    text: 'Chào {{customer_name}}, lịch đào tạo của mình vào {{time}}. Hẹn gặp mình nhé.',
    byUserId: true,
    status: 'ENABLE',
    params: [
      { name: 'customer_name', required: true, maxLength: 30 },
      { name: 'time', required: true, maxLength: 20 },
    ],
  },
];

export const sampleUtilityTemplates: UtilityTemplate[] = [
  {
    name: 'renewal_reminder',
    language: 'vi',
    status: 'APPROVED',
    header: null,
    body: 'Chào {{1}}, gói {{2}} của mình hết hạn ngày {{3}}. Mình gia hạn sớm để không gián đoạn công việc nhé.',
    buttons: [],
  },
  {
    name: 'training_confirmed',
    language: 'vi',
    status: 'APPROVED',
    header: null,
    body: 'Chào {{1}}, lịch đào tạo của mình vào {{2}}. Hẹn gặp mình nhé.',
    buttons: [],
  },
];
