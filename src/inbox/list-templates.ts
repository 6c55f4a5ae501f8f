// Approved templates for one conversation: what may be said when the window is closed, with what we know filled in.
import type pg from 'pg';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import { formatDate } from '../flows/local-time.ts';
import { readApprovals } from '../outbox/template-states.ts';
import type { TemplateChoice } from './care-schema.ts';

type Known = Pick<Catalogue, 'template' | 'templates' | 'product'>;

export async function listTemplates(
  client: pg.ClientBase,
  catalogue: Known,
  { channel, facts }: { channel: ChannelName; facts: FlowFacts | null },
): Promise<TemplateChoice[]> {
  const approvals = await readApprovals(client);
  const usable = [...catalogue.templates.values()].filter(
    ({ id, channel: of, via, approval }) =>
      of === channel && via !== 'zns' && (approvals.get(id) ?? approval) === 'approved',
  );
  return usable.map((template) => {
    const names = namesOf(catalogue, template.id, Object.keys(template.parameters));
    const parameters = Object.entries(template.parameters).map(([name, { max, required }], n) => {
      const label = names[n] ?? name;
      return { name, label: labels[label] ?? label, max, required, value: knownValue(catalogue, label, facts, max) };
    });
    return { id: template.id, text: template.text, price: template.price, parameters };
  });
}

const labels: Readonly<Record<string, string>> = {
  customer_name: 'Tên khách',
  product: 'Sản phẩm',
  plan: 'Gói',
  expires_at: 'Ngày hết hạn',
  deadline: 'Hạn chót',
  code: 'Mã ưu đãi',
  time: 'Thời gian',
  item: 'Món hàng',
  bought_at: 'Ngày mua',
};

/** Meta numbers its placeholders; the same template on Zalo, when there is one, says what they mean. */
function namesOf(catalogue: Known, id: string, own: string[]): string[] {
  if (own.some((name) => !/^\d+$/.test(name))) return own;
  const twin = catalogue.template(id.replace(/-messenger$/, ''));
  const names = twin === null || twin.id === id ? [] : Object.keys(twin.parameters);
  return names.length === own.length ? names : own;
}

function knownValue(catalogue: Known, name: string, facts: FlowFacts | null, max: number): string {
  if (facts === null) return '';
  const { customer, subscription, offer } = facts;
  const fits = (...wanted: (string | number | null | undefined)[]) =>
    wanted.map((one) => `${one ?? ''}`.trim()).find((one) => one !== '' && [...one].length <= max) ?? '';
  const date = (at: string | null | undefined) => (at ? formatDate(Date.parse(at), facts.timeZone) : '');
  switch (name) {
    case 'customer_name':
      return fits(customer.name, customer.given_name);
    case 'product':
      return fits(catalogue.product(subscription?.product ?? '')?.title, subscription?.product);
    case 'plan':
      return fits(subscription?.plan);
    case 'expires_at':
      return fits(date(subscription?.expires_at));
    case 'code':
      return fits(offer?.personal_code, offer?.code);
    default:
      return '';
  }
}
