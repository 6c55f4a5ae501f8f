// A journey file becomes data: YAML, then the head, then each step. All mistakes at once, each with its place.
import { explainIssue, explainIssues } from '../explain-issue.ts';
import type { Finding, Problem, SourcePath } from '../problem.ts';
import { readYaml, type YamlFile } from '../read-yaml.ts';
import { keysAt, keysOf } from '../schema-keys.ts';
import { type JourneyHead, type JourneyStepFields, journeyHeadSchema, journeyStepSchema } from './journey-schema.ts';

/** `index`: its place in the list of the file. */
export type JourneyFileStep = JourneyStepFields & { index: number };

export type JourneyFile = {
  path: string;
  id: string;
  head: JourneyHead;
  /** The steps that could be read, in order. */
  steps: JourneyFileStep[];
  /** Ids of all steps, also of those that could not be read. */
  stepIds: string[];
  /** False when a step could not be read: it must not be compiled. */
  isComplete: boolean;
  place: YamlFile['place'];
};

/** `journey` is null when the file cannot be understood at all; `problems` are those of form, see validateJourneys for sense. */
export function readJourney(path: string, source: string): { journey: JourneyFile | null; problems: Problem[] } {
  const yaml = readYaml(path, source);
  if (!yaml.ok) return { journey: null, problems: yaml.problems };
  const { data, place } = yaml.file;
  const raws = isRecord(data) && Array.isArray(data.steps) ? data.steps : [];
  const { steps, findings } = readSteps(raws);
  const head = journeyHeadSchema.safeParse(data, { reportInput: true });
  if (!head.success) {
    const ofHead = explainIssues(head.error.issues, [], (at) => keysAt(journeyHeadSchema, at));
    return { journey: null, problems: [...ofHead, ...findings].map(place) };
  }
  const stepIds = raws.flatMap((raw) => (isRecord(raw) && typeof raw.id === 'string' ? [raw.id] : []));
  const isComplete = steps.length === raws.length;
  const journey = { path, id: head.data.id, head: head.data, steps, stepIds, isComplete, place };
  return { journey, problems: [...findings, ...fileNameFindings(path, head.data.id)].map(place) };
}

/** Where a journey without a readable id would belong. */
export function journeyIdOfPath(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? path).replace(/\.journey\.yaml$/, '');
}

function readSteps(raws: readonly unknown[]): { steps: JourneyFileStep[]; findings: Finding[] } {
  const steps: JourneyFileStep[] = [];
  const findings: Finding[] = [];
  raws.forEach((raw, index) => {
    const path = ['steps', index];
    if (!isRecord(raw)) {
      const fix = 'Mỗi bước bắt đầu bằng "- id: tên_bước" rồi đến "flow: …" hoặc "task: …".';
      findings.push({ code: 'wrong_type', path, message: 'Bước này viết chưa đúng dạng.', fix });
      return;
    }
    const step = typeof raw.id === 'string' ? raw.id : null;
    const parsed = journeyStepSchema.safeParse(raw, { reportInput: true });
    const found = parsed.success ? actionFindings(parsed.data, path) : issueFindings(parsed.error.issues, path);
    if (parsed.success && found.length === 0) steps.push({ ...parsed.data, index });
    findings.push(...found.map((finding) => ({ ...finding, step })));
  });
  return { steps, findings };
}

function issueFindings(issues: Parameters<typeof explainIssue>[0][], path: SourcePath): Finding[] {
  const names = keysOf(journeyStepSchema);
  return issues.flatMap((issue) => explainIssue(issue, path, issue.path.length === 0 ? names : []));
}

/** A step starts a flow or opens a task, and has only what belongs to that. */
function actionFindings(step: JourneyStepFields, path: SourcePath): Finding[] {
  const { flow, task } = step;
  if (flow === undefined && task === undefined) {
    const fix = 'Thêm "flow: tên-kịch-bản" hoặc "task: việc cho nhân viên".';
    return [{ code: 'missing_kind', path, message: 'Bước này chưa nói làm gì.', fix }];
  }
  if (flow !== undefined && task !== undefined) {
    const message = 'Một bước chỉ làm một việc, nhưng bước này có cả flow và task.';
    return [{ code: 'two_kinds', path, message, fix: 'Tách thành hai bước.' }];
  }
  const strangers = flow === undefined ? (['offer'] as const) : (['kind', 'due'] as const);
  return strangers
    .filter((key) => step[key] !== undefined)
    .map((key) => ({
      code: 'unknown_key',
      path: [...path, key],
      message: `Mục "${key}" không dùng với "${flow === undefined ? 'task' : 'flow'}".`,
      fix: `Bỏ dòng "${key}", hoặc tách thành bước riêng.`,
    }));
}

/** The file is found by its name, so name and id must agree. */
function fileNameFindings(path: string, id: string): Finding[] {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  if (!name.endsWith('.journey.yaml') || name === `${id}.journey.yaml`) return [];
  const fix = `Đổi tên file thành "${id}.journey.yaml", hoặc đổi id.`;
  return [{ code: 'name_mismatch', path: ['id'], message: `id "${id}" khác tên file "${name}".`, fix }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
