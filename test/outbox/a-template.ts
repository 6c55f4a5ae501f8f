// An approved template as the catalogue holds it.
import type { ApprovedTemplate } from '../../src/flows/approved-template.ts';

export const aTemplate: ApprovedTemplate = {
  id: 'nhac',
  channel: 'zalo',
  via: 'zbs',
  providerId: '1',
  approval: 'approved',
  price: 300,
  language: 'vi',
  parameters: {},
  text: 'Chào.',
};
