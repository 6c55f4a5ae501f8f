// Everything that a journey's conditions and tasks call by name exists, and can be known when it is asked.
import { conditionFindings, namesIn } from '../../checks/condition-findings.ts';
import { hintName, nearestName } from '../../nearest-name.ts';
import type { Finding, SourcePath } from '../../problem.ts';
import { knownNames } from '../../run-scope.ts';
import { findTemplateProblems } from '../../template.ts';
import { signalKinds } from '../ledger-kinds.ts';
import type { JourneyFile } from '../read-journey.ts';

const noVariables: ReadonlySet<string> = new Set();
/** These change without anything happening, so nobody would notice the edge. */
const clockNames: ReadonlySet<string> = new Set(['now', 'subscription.days_left']);

type Rule = { path: SourcePath; text: string; step?: string; isAskedWhen: 'edge' | 'entering' | 'due' };

export function checkJourneyNames(journey: JourneyFile): Finding[] {
  const events = eventsOf(journey);
  return [
    ...rulesOf(journey).flatMap((rule) =>
      [
        ...conditionFindings(rule.path, rule.text, noVariables),
        ...sinceFindings(rule, events),
        ...clockFindings(rule),
      ].map((finding) => ({ ...finding, step: rule.step ?? null })),
    ),
    ...eventFindings(journey),
    ...taskFindings(journey),
  ];
}

function rulesOf({ head, steps }: JourneyFile): Rule[] {
  const { trigger, audience, goal } = head;
  return [
    ...(trigger.on === 'segment'
      ? [{ path: ['trigger', 'when'], text: trigger.when, isAskedWhen: 'edge' as const }]
      : []),
    ...(audience === undefined ? [] : [{ path: ['audience'], text: audience, isAskedWhen: 'entering' as const }]),
    ...(goal === undefined ? [] : [{ path: ['goal'], text: goal, isAskedWhen: 'due' as const }]),
    ...steps.flatMap(({ if: condition, index, id }) =>
      condition === undefined
        ? []
        : [{ path: ['steps', index, 'if'], text: condition, step: id, isAskedWhen: 'due' as const }],
    ),
  ];
}

/** A slip of the keyboard would count nothing for ever, silently. */
function sinceFindings({ path, text, isAskedWhen }: Rule, events: readonly string[]): Finding[] {
  return namesIn(text).flatMap(({ name, column }): Finding[] => {
    if (!name.startsWith('since.')) return [];
    const base = { path, within: { text, column } };
    if (isAskedWhen !== 'due') {
      const message = `"${name}" đếm từ lúc khách vào hành trình, nên ở đây luôn là 0.`;
      return [{ ...base, code: 'since_too_early', message, fix: 'Chuyển sang "goal" hoặc "if" của một bước.' }];
    }
    const kind = name.slice('since.'.length);
    const known = [...signalKinds, ...events];
    if (known.includes(kind) || nearestName(kind, known) === null) return [];
    const message = `Không có việc nào tên "${kind}" để đếm.`;
    return [{ ...base, code: 'unknown_event', message, fix: hintName(kind, known) }];
  });
}

function clockFindings({ path, text, isAskedWhen }: Rule): Finding[] {
  if (isAskedWhen === 'due') return [];
  const clock = namesIn(text).find(({ name }) => clockNames.has(name));
  if (clock === undefined) return [];
  const isEdge = isAskedWhen === 'edge';
  return [
    {
      code: isEdge ? 'clock_in_segment' : 'clock_in_audience',
      severity: isEdge ? 'error' : 'warning',
      path,
      within: { text, column: clock.column },
      message: `"${clock.name}" đổi theo thời gian dù không có việc gì xảy ra, nên không biết lúc nào để hỏi.`,
      fix: 'Dùng trigger: { on: date, of: subscription.expires_at } và "offset", hoặc hỏi trong "if" của bước.',
    },
  ];
}

function eventsOf({ head: { trigger } }: JourneyFile): readonly string[] {
  if (trigger.on !== 'event') return [];
  return typeof trigger.event === 'string' ? [trigger.event] : trigger.event;
}

/** A name that we do not know may be one that another system reports. */
function eventFindings(journey: JourneyFile): Finding[] {
  const { trigger } = journey.head;
  return eventsOf(journey).flatMap((event, index): Finding[] => {
    const near = signalKinds.some((kind) => kind === event) ? null : nearestName(event, signalKinds);
    if (near === null) return [];
    const path =
      trigger.on === 'event' && typeof trigger.event === 'string' ? ['trigger', 'event'] : ['trigger', 'event', index];
    const fix = `Có phải ý bạn là "${near}"? Nếu hệ thống khác báo về đúng tên này thì bỏ qua lời nhắc.`;
    const message = `Trong sổ không có việc nào tên "${event}".`;
    return [{ code: 'unknown_event', severity: 'warning', path, message, fix }];
  });
}

function taskFindings({ steps }: JourneyFile): Finding[] {
  return steps.flatMap(({ task, index, id }) =>
    findTemplateProblems(task ?? '', noVariables).map(({ code, name }) => ({
      code: code === 'unknown_name' ? 'unknown_variable' : code,
      path: ['steps', index, 'task'],
      step: id,
      within: { text: name, column: 1 },
      message: `Chỗ điền "${name.slice(0, 60)}" không dùng được.`,
      fix: hintName(name, knownNames([])),
    })),
  );
}
