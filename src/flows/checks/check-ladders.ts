// Every rung of every ladder can be taken: the template is known and approved, what it wants filled in is given and fits,
// and nothing that sells hides in a template for news about something the customer did.
import {
  type ApprovedTemplate,
  findParameterTroubles,
  findSellingWords,
  isLabelled,
  type ParameterTrouble,
} from '../approved-template.ts';
import { hintName } from '../nearest-name.ts';
import type { Finding } from '../problem.ts';
import type { FlowFile } from '../read-flow.ts';
import { fallbackTemplates } from '../steps/speech.ts';
import type { UsedTemplate } from '../steps/step-kind.ts';
import { atStep, type FlowWorld } from './flow-world.ts';

export function checkLadders(flow: FlowFile, world: FlowWorld): Finding[] {
  const { settings } = flow.head;
  const ofSettings = fallbackTemplates(settings).map((used) => ({ ...used, path: ['settings', ...used.path] }));
  const isAdvertising = settings.purpose === 'advertising';
  return [
    ...ofSettings.flatMap((used) => rungFindings(used, isAdvertising, world)),
    ...flow.steps.flatMap((step) =>
      step.templates.flatMap((used) => rungFindings(used, isAdvertising, world)).map((one) => atStep(step, one)),
    ),
  ];
}

function rungFindings(used: UsedTemplate, isAdvertising: boolean, { templates }: FlowWorld): Finding[] {
  if (templates === null) return [];
  const template = templates.get(used.id);
  if (template === undefined) {
    const message = `Không có mẫu tin đã duyệt nào tên "${used.id}".`;
    return [{ code: 'unknown_template', path: used.path, message, fix: hintName(used.id, templates.keys()) }];
  }
  return [
    ...approvalFindings(used, template),
    ...findParameterTroubles(template, literalsOf(used, template)).map((trouble) => parameterFinding(used, trouble)),
    ...(isAdvertising ? advertisingFindings(used, template) : sellingFindings(used, template)),
  ];
}

/** As written, placeholders counting for what stands around them: a placeholder alone is one character, never too long. */
function literalsOf({ parameters }: UsedTemplate, template: ApprovedTemplate): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, text]) => {
      const literal = text.replace(/\{\{/g, '(').replace(/\{[^}]*\}/g, '');
      const isFilled = literal.trim() === '' && text !== '' && Object.hasOwn(template.parameters, name);
      return [name, isFilled ? 'x' : literal];
    }),
  );
}

function approvalFindings({ path, id }: UsedTemplate, { approval }: ApprovedTemplate): Finding[] {
  if (approval === 'approved') return [];
  const base = { code: 'template_not_approved', path };
  if (approval === 'pending') {
    const message = `Mẫu tin "${id}" chưa được duyệt: cho đến lúc đó cách này bị bỏ qua.`;
    return [{ ...base, severity: 'warning', message, fix: 'Đặt thêm một cách khác ở dưới, ví dụ email hoặc task.' }];
  }
  const message = `Mẫu tin "${id}" đã bị từ chối hoặc bị tắt nên không bao giờ gửi được.`;
  return [
    { ...base, message, fix: 'Dùng mẫu khác, hoặc sửa mẫu và xin duyệt lại rồi đổi "approval" trong catalogue.' },
  ];
}

function parameterFinding({ path, id }: UsedTemplate, { name, trouble, max }: ParameterTrouble): Finding {
  const place = [...path.slice(0, -1), 'with', ...(trouble === 'missing' ? [] : [name])];
  switch (trouble) {
    case 'missing':
      return {
        code: 'missing_parameter',
        path,
        message: `Mẫu tin "${id}" cần điền "${name}" nhưng ở đây không có.`,
        fix: `Thêm "${name}: …" vào mục "with".`,
      };
    case 'too_long':
      return {
        code: 'parameter_too_long',
        path: place,
        message: `Nội dung của "${name}" dài hơn ${max} ký tự mà mẫu tin "${id}" cho phép.`,
        fix: `Viết ngắn lại còn tối đa ${max} ký tự.`,
      };
    case 'unknown':
      return {
        code: 'unknown_parameter',
        path: place,
        message: `Mẫu tin "${id}" không có chỗ điền tên "${name}".`,
        fix: 'Bỏ dòng này, hoặc sửa tên cho đúng với mẫu đã duyệt.',
      };
  }
}

/** Zalo and Meta take back templates that sell under the name of service. */
function sellingFindings({ path, id, parameters }: UsedTemplate, template: ApprovedTemplate): Finding[] {
  if (template.via !== 'utility') return [];
  const words = findSellingWords([template.text, ...Object.values(parameters)].join('\n'));
  if (words === null) return [];
  const message = `Mẫu tin tiện ích "${id}" có lời quảng cáo ("${words}"): Messenger cấm và có thể khoá trang.`;
  return [
    { code: 'selling_in_utility', path, message, fix: 'Bỏ lời mời mua; chỉ báo việc mà khách đã làm hoặc đã có.' },
  ];
}

function advertisingFindings({ path, id }: UsedTemplate, template: ApprovedTemplate): Finding[] {
  if (template.via === 'utility') {
    const message = `Tin quảng cáo không được dùng mẫu tin tiện ích "${id}" của Messenger.`;
    return [{ code: 'selling_in_utility', path, message, fix: 'Bỏ mẫu này khỏi "if_closed", dùng email hoặc task.' }];
  }
  if (isLabelled(template.text)) return [];
  const message = `Mẫu tin quảng cáo "${id}" thiếu nhãn [QC] ở đầu hoặc cách từ chối ở cuối.`;
  return [
    {
      code: 'missing_label',
      path,
      message,
      fix: 'Xin duyệt mẫu bắt đầu bằng [QC] và kết bằng "Nhắn DỪNG để ngừng nhận tin".',
    },
  ];
}
