// A message that the provider approved beforehand, as the catalogue names it: what it costs and what it wants filled in.
// Asked when a flow is published (checks/check-ladders.ts) and again when it is sent.

export type TemplateParameter = { max: number; required: boolean };

export type ApprovedTemplate = {
  id: string;
  channel: 'zalo' | 'messenger';
  /** zbs: by Zalo user id; zns: by phone; utility: Messenger. */
  via: 'zbs' | 'zns' | 'utility';
  /** The provider's own name or number of it. */
  providerId: string;
  approval: 'approved' | 'pending' | 'rejected' | 'disabled';
  /** Whole đồng for one message. */
  price: number;
  language: string;
  parameters: Readonly<Record<string, TemplateParameter>>;
  /** As approved, with {{placeholders}} or <placeholders>. */
  text: string;
};

export type TemplateRegistry = ReadonlyMap<string, ApprovedTemplate>;

export type ParameterTrouble = { name: string; trouble: 'missing' | 'too_long' | 'unknown'; max?: number };

/** What the provider would refuse about these values; empty = nothing. Lengths count as the provider counts: NFC. */
export function findParameterTroubles(
  template: ApprovedTemplate,
  values: Readonly<Record<string, string>>,
): ParameterTrouble[] {
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(template.parameters, name));
  return [
    ...unknown.map((name): ParameterTrouble => ({ name, trouble: 'unknown' })),
    ...Object.entries(template.parameters).flatMap(([name, { max, required }]): ParameterTrouble[] => {
      const value = (values[name] ?? '').normalize('NFC').trim();
      if (value === '') return required ? [{ name, trouble: 'missing' }] : [];
      return [...value].length > max ? [{ name, trouble: 'too_long', max }] : [];
    }),
  ];
}

/** For people: "thiếu "customer_name"; "product" dài quá 30 ký tự". */
export function describeTroubles(troubles: readonly ParameterTrouble[]): string {
  return troubles
    .map(({ name, trouble, max }) => {
      if (trouble === 'missing') return `thiếu "${name}"`;
      return trouble === 'too_long' ? `"${name}" dài quá ${max} ký tự` : `mẫu không có chỗ điền "${name}"`;
    })
    .join('; ');
}

/** The words as the customer reads them. Placeholders are {{name}} or, as Zalo shows them, <name>. */
export function fillTemplate(template: ApprovedTemplate, values: Readonly<Record<string, string>>): string {
  const given = (name: string) => values[name] ?? '';
  return template.text
    .replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => given(name))
    .replace(/<(\w+)>/g, (whole, name: string) => (Object.hasOwn(template.parameters, name) ? given(name) : whole));
}

export const ADVERTISING_LABEL = '[QC]';

/** Decree 91/2020 (articles 15 and 16): the label stands at the very start, the way out in plain words at the end. */
export function isLabelled(text: string): boolean {
  const words = text.trim();
  const end = words.slice(-160).toLocaleLowerCase('vi');
  return /^\[(QC|AD)\]/.test(words) && /(dừng|huỷ|hủy|từ chối|stop)/.test(end);
}

const SELLING =
  /(khuyến mãi|khuyến mại|giảm giá|giảm \d|ưu đãi|tặng|miễn phí|flash sale|voucher|mua ngay|nâng cấp ngay|giá sốc|trúng thưởng|\d+\s?%)/iu;

/** The first words that sell; null when there are none. Utility templates are refused for them. */
export function findSellingWords(text: string): string | null {
  return SELLING.exec(text.normalize('NFC'))?.[0] ?? null;
}
