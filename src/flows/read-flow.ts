// A flow file becomes data: YAML, then the head, then each step by its kind. All mistakes at once, each with its place.
import { explainIssue, explainIssues, unknownKey } from './explain-issue.ts';
import { type FlowHead, flowHeadSchema } from './flow-schema.ts';
import { hintName } from './nearest-name.ts';
import type { Finding, Problem } from './problem.ts';
import { readYaml, type YamlFile } from './read-yaml.ts';
import { keysAt, keysOf } from './schema-keys.ts';
import type { PreparedStep } from './steps/step-kind.ts';
import { kindsOf, stepKindKeys } from './steps/step-kinds.ts';

/** `index`: its place in the list of the file. */
export type FlowStep = PreparedStep & { index: number };

export type FlowFile = {
  path: string;
  id: string;
  head: FlowHead;
  /** The steps that could be read, in order. */
  steps: FlowStep[];
  /** Ids of all steps, also of those that could not be read. */
  stepIds: string[];
  /** False when a step could not be read: the picture of the flow has holes, it must not be compiled. */
  isComplete: boolean;
  place: YamlFile['place'];
};

/** `flow` is null when the file cannot be understood at all; `problems` are those of form, see validateFlows for sense. */
export function readFlow(path: string, source: string): { flow: FlowFile | null; problems: Problem[] } {
  const yaml = readYaml(path, source);
  if (!yaml.ok) return { flow: null, problems: yaml.problems };
  const { data, place } = yaml.file;
  const head = flowHeadSchema.safeParse(data, { reportInput: true });
  if (!head.success) {
    const findings = explainIssues(head.error.issues, [], namesOfHead);
    const steps = isRecord(data) && Array.isArray(data.steps) ? readSteps(data.steps).findings : [];
    return { flow: null, problems: [...findings, ...steps].map(place) };
  }
  const { steps, findings } = readSteps(head.data.steps);
  const stepIds = head.data.steps.flatMap((raw) => (isRecord(raw) && typeof raw.id === 'string' ? [raw.id] : []));
  const isComplete = steps.length === head.data.steps.length;
  const flow = { path, id: head.data.id, head: head.data, steps, stepIds, isComplete, place };
  return { flow, problems: [...findings, ...fileNameFindings(path, head.data.id)].map(place) };
}

function readSteps(raws: unknown[]): { steps: FlowStep[]; findings: Finding[] } {
  const steps: FlowStep[] = [];
  const findings: Finding[] = [];
  raws.forEach((raw, index) => {
    const result = readStep(raw, index);
    if ('step' in result) steps.push({ ...result.step, index });
    else findings.push(...result.findings);
  });
  return { steps, findings };
}

function readStep(raw: unknown, index: number): { step: PreparedStep } | { findings: Finding[] } {
  const path = ['steps', index];
  if (!isRecord(raw)) {
    const fix = 'Mỗi bước bắt đầu bằng "- id: tên_bước" rồi đến loại bước, ví dụ "say: …".';
    return { findings: [{ code: 'wrong_type', path, message: 'Bước này viết chưa đúng dạng.', fix }] };
  }
  const step = typeof raw.id === 'string' ? raw.id : null;
  const kinds = kindsOf(raw);
  const kind = kinds[0];
  if (kind === undefined || kinds.length > 1) return { findings: [kindFinding(raw, path, step, kinds.length)] };
  const read = kind.read(raw);
  if (read.ok) return { step: read.step };
  const names = keysOf(kind.schema);
  return {
    findings: read.issues.flatMap((issue) =>
      explainIssue(issue, path, issue.path.length === 0 ? names : keysAt(kind.schema, issue.path)).map((finding) => ({
        ...finding,
        step,
      })),
    ),
  };
}

function kindFinding(
  raw: Record<string, unknown>,
  path: (string | number)[],
  step: string | null,
  found: number,
): Finding {
  if (found > 1) {
    const keys = kindsOf(raw).map((kind) => kind.key);
    return {
      code: 'two_kinds',
      path,
      step,
      message: `Một bước chỉ làm một việc, nhưng bước này có cả ${keys.join(' và ')}.`,
      fix: 'Tách thành hai bước.',
    };
  }
  const stranger = Object.keys(raw).find(
    (key) => !['id', 'note', 'next', 'text', 'save_as', 'options', 'retry'].includes(key),
  );
  if (stranger !== undefined)
    return { ...unknownKey(stranger, [...path, stranger], stepKindKeys), code: 'unknown_kind', step };
  const fix = `Thêm một dòng nói bước này làm gì. ${hintName('', stepKindKeys)}`;
  return { code: 'missing_kind', path, step, message: 'Bước này chưa nói làm gì.', fix };
}

/** The file is found by its name, so name and id must agree. */
function fileNameFindings(path: string, id: string): Finding[] {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  if (!name.endsWith('.flow.yaml') || name === `${id}.flow.yaml`) return [];
  const fix = `Đổi tên file thành "${id}.flow.yaml", hoặc đổi id.`;
  return [{ code: 'name_mismatch', path: ['id'], message: `id "${id}" khác tên file "${name}".`, fix }];
}

function namesOfHead(path: readonly PropertyKey[]): string[] {
  return keysAt(flowHeadSchema, path);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
