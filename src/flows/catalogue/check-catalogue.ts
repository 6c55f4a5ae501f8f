// What a schema cannot see in the catalogue: names given twice, names that do not exist, texts that do not fit.
import { conditionFindings, sinceOutsideJourney } from '../checks/condition-findings.ts';
import type { GuideLibrary } from '../guides/guide-library.ts';
import { hintName } from '../nearest-name.ts';
import type { Finding, SourcePath } from '../problem.ts';
import { nameReader } from '../run-scope.ts';
import type { CatalogueData } from './catalogue-schema.ts';

const noVariables: ReadonlySet<string> = new Set();

export function checkOffers({ offers }: CatalogueData['offers']): Finding[] {
  const twice = duplicates(
    offers.map(({ code }) => code),
    (index) => ['offers', index, 'code'],
  );
  return [
    ...twice,
    ...offers.flatMap((offer, index) => [
      ...ruleFindings(['offers', index, 'eligible'], offer.eligible),
      ...(typeof offer.deadline === 'string' ? dateFindings(['offers', index, 'deadline'], offer.deadline) : []),
    ]),
  ];
}

export function checkProducts({ products }: CatalogueData['products'], guides: GuideLibrary | null): Finding[] {
  const ids = duplicates(
    products.map(({ id }) => id),
    (index) => ['products', index, 'id'],
  );
  const inside = products.flatMap(({ plans, features }, product): Finding[] => {
    const at = (list: string) => (index: number) => ['products', product, list, index, 'id'];
    return [
      ...duplicates(
        plans.map(({ id }) => id),
        at('plans'),
      ),
      ...duplicates(
        features.map(({ id }) => id),
        at('features'),
      ),
      ...features.flatMap(({ guide }, index) =>
        guideFindings(['products', product, 'features', index, 'guide'], guide, guides),
      ),
    ];
  });
  return [...ids, ...inside];
}

export function checkTemplates({ templates }: CatalogueData['templates']): Finding[] {
  const twice = duplicates(
    templates.map(({ id }) => id),
    (index) => ['templates', index, 'id'],
  );
  return [
    ...twice,
    ...templates.flatMap((template, index) => {
      const path = ['templates', index];
      return [...viaFindings(template, path), ...parameterFindings(template, path)];
    }),
  ];
}

export function checkTips({ tips }: CatalogueData['tips']): Finding[] {
  const twice = duplicates(
    tips.map(({ id }) => id),
    (index) => ['tips', index, 'id'],
  );
  return [...twice, ...tips.flatMap((tip, index) => ruleFindings(['tips', index, 'for'], tip.for))];
}

export function checkHolidays({ days }: CatalogueData['holidays']): Finding[] {
  return days.flatMap(({ from, to, name }, index) => {
    if (from <= to) return [];
    const message = `"${name}" kết thúc (${to}) trước khi bắt đầu (${from}).`;
    return [{ code: 'from_after_to', path: ['days', index, 'to'], message, fix: 'Đổi chỗ hai ngày, hoặc sửa năm.' }];
  });
}

type Template = CatalogueData['templates']['templates'][number];

function viaFindings({ channel, via }: Template, path: SourcePath): Finding[] {
  if ((channel === 'messenger') === (via === 'utility')) return [];
  const right = channel === 'messenger' ? '"utility"' : '"zbs" hoặc "zns"';
  const message = `Kênh ${channel} không gửi được mẫu loại "${via}".`;
  return [{ code: 'wrong_via', path: [...path, 'via'], message, fix: `Với ${channel} dùng ${right}.` }];
}

function parameterFindings({ text, parameters }: Template, path: SourcePath): Finding[] {
  const used = new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}|<(\w+)>/g)].map((match) => match[1] ?? match[2] ?? ''));
  const declared = new Set(Object.keys(parameters));
  const undeclared = [...used]
    .filter((name) => !declared.has(name))
    .map((name) => ({
      code: 'unknown_parameter',
      path: [...path, 'text'],
      within: { text: name, column: 1 },
      message: `Lời của mẫu có chỗ điền "${name}" nhưng "parameters" không có.`,
      fix: `Thêm "${name}: { max: …, sample: … }" vào "parameters". ${hintName(name, declared)}`,
    }));
  const unused = [...declared]
    .filter((name) => !used.has(name))
    .map((name) => ({
      code: 'unused_parameter',
      path: [...path, 'parameters', name],
      message: `"${name}" không có chỗ nào trong lời của mẫu.`,
      fix: `Thêm {{${name}}} vào lời đúng như bản đã duyệt, hoặc bỏ dòng này.`,
    }));
  const long = Object.entries(parameters).flatMap(([name, { max, sample }]) => {
    const length = [...sample.normalize('NFC')].length;
    if (length <= max) return [];
    const message = `Nội dung mẫu của "${name}" dài ${length} ký tự, quá ${max}.`;
    return [{ code: 'sample_too_long', path: [...path, 'parameters', name, 'sample'], message, fix: 'Viết ngắn lại.' }];
  });
  return [...undeclared, ...unused, ...long];
}

function duplicates(names: readonly string[], pathOf: (index: number) => SourcePath): Finding[] {
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return [];
    const message = `Mã "${name}" đã dùng ở trên.`;
    return [{ code: 'duplicate_id', path: pathOf(index), message, fix: 'Đổi một trong hai mã.' }];
  });
}

function guideFindings(path: SourcePath, guide: string | undefined, guides: GuideLibrary | null): Finding[] {
  if (guide === undefined || guides === null || guides.byId(guide) !== null) return [];
  const fix = hintName(
    guide,
    guides.guides.map(({ id }) => id),
  );
  return [{ code: 'unknown_guide', path, message: `Không có chủ đề hướng dẫn nào tên "${guide}".`, fix }];
}

function ruleFindings(path: SourcePath, rule: string | undefined): Finding[] {
  return rule === undefined ? [] : [...conditionFindings(path, rule, noVariables), ...sinceOutsideJourney(path, rule)];
}

function dateFindings(path: SourcePath, field: string): Finding[] {
  if (nameReader(field, noVariables) !== null) return [];
  const fix = hintName(field, ['subscription.expires_at', 'subscription.started_at', 'order.at']);
  return [{ code: 'unknown_variable', path, message: `Không có ngày nào tên "${field}".`, fix }];
}
