// Everything that texts and conditions call by name exists: variables, facts, filters, topics, templates.
import { hintName } from '../nearest-name.ts';
import { planFlow, variableNames } from '../plan-flow.ts';
import type { Finding, SourcePath } from '../problem.ts';
import type { FlowFile, FlowStep } from '../read-flow.ts';
import { knownNames, reservedNames } from '../run-scope.ts';
import { fallbackTexts } from '../steps/speech.ts';
import { filterNames, findTemplateProblems, type TemplateProblem } from '../template.ts';
import { conditionFindings, sinceOutsideJourney } from './condition-findings.ts';
import { atStep, type FlowWorld } from './flow-world.ts';

export function checkNames(flow: FlowFile, world: FlowWorld): Finding[] {
  const variables = variableNames(flow);
  const plan = planFlow(flow);
  const ofSteps = flow.steps.flatMap((step) =>
    [
      ...step.spoken.filter((spoken) => spoken.isComposed !== true).flatMap((spoken) => spokenTexts(spoken)),
      ...step.texts,
    ]
      .flatMap(({ path, text }) => textFindings(path, text, variables))
      .concat(step.conditions.flatMap(({ path, text }) => ruleFindings(path, text, variables)))
      .concat(step.saves.flatMap(({ path, name }) => saveFindings(path, name, variables)))
      .concat(
        unknownIds(
          step.guides,
          'unknown_guide',
          'Không có chủ đề hướng dẫn nào',
          world.guides?.guides.map(({ id }) => id),
        ),
      )
      .concat(unlistedOffers(step, world))
      .concat(step.findings(plan))
      .map((finding) => atStep(step, finding)),
  );
  const ofLadder = fallbackTexts(flow.head.settings).flatMap(({ path, text }) =>
    textFindings(['settings', ...path], text, variables),
  );
  return [...ofSteps, ...ofLadder, ...entryFindings(flow, variables), ...declarationFindings(flow)];
}

function spokenTexts(spoken: { key: string; text: string; zalo?: string | undefined; messenger?: string | undefined }) {
  return [
    { path: [spoken.key], text: spoken.text },
    ...(spoken.zalo === undefined ? [] : [{ path: ['zalo'], text: spoken.zalo }]),
    ...(spoken.messenger === undefined ? [] : [{ path: ['messenger'], text: spoken.messenger }]),
  ];
}

function textFindings(path: SourcePath, text: string, variables: ReadonlySet<string>): Finding[] {
  const wrong = findTemplateProblems(text, variables).map((problem) => ({
    path,
    within: { text: problem.name, column: 1 },
    ...templateWords(problem, variables),
  }));
  return [...wrong, ...doubledBraces(path, text, variables)];
}

/** As approved templates are written: in what we say ourselves it prints the name instead of filling it in. */
function doubledBraces(path: SourcePath, text: string, variables: ReadonlySet<string>): Finding[] {
  return [...text.matchAll(/\{\{ *([\p{L}_][\p{L}\p{N}_.]{0,80}) *(?:\|[^{}]{0,80})?\}\}/gu)].flatMap(
    ([written, name = '']) => {
      if (!knownNames(variables).includes(name)) return [];
      const message = `Khách sẽ đọc nguyên chữ "${written.slice(1, -1)}".`;
      const fix = `Viết ${written.slice(1, -1)} với một dấu ngoặc.`;
      return [
        { code: 'doubled_braces', severity: 'warning', path, within: { text: written, column: 1 }, message, fix },
      ];
    },
  );
}

function templateWords({ code, name }: TemplateProblem, variables: ReadonlySet<string>) {
  switch (code) {
    case 'unknown_name':
      return {
        code: 'unknown_variable',
        message: `Không có gì tên "${name}" để điền vào.`,
        fix: hintName(name, knownNames(variables)),
      };
    case 'unknown_filter':
      return {
        code: 'unknown_filter',
        message: `Không có cách hiển thị nào tên "${name}".`,
        fix: hintName(name, filterNames),
      };
    case 'bad_placeholder':
      return {
        code: 'bad_placeholder',
        message: `Chỗ điền "${name.slice(0, 60)}" viết chưa đúng.`,
        fix: 'Viết {tên}, {tên | date} hoặc {tên | "chữ thay thế"}; muốn in dấu { thì viết {{.',
      };
  }
}

/** Outside a journey nothing is counted: `since.` would always be 0. */
function ruleFindings(path: SourcePath, text: string, variables: ReadonlySet<string>): Finding[] {
  return [...conditionFindings(path, text, variables), ...sinceOutsideJourney(path, text)];
}

function saveFindings(path: SourcePath, name: string, variables: ReadonlySet<string>): Finding[] {
  if (variables.has(name)) return [];
  const message = `Biến "${name}" chưa được khai báo.`;
  const near = hintName(name, variables);
  const fix = `Thêm "${name}: text" vào mục "variables" ở đầu file${near.startsWith('Có phải') ? `. ${near}` : '.'}`;
  return [{ code: 'unknown_variable', path, message, fix }];
}

function unknownIds(
  used: { path: SourcePath; id: string }[],
  code: string,
  words: string,
  known: Iterable<string> | null | undefined,
): Finding[] {
  if (known === null || known === undefined) return [];
  const names = new Set(known);
  return used
    .filter(({ id }) => !names.has(id))
    .map(({ path, id }) => ({ code, path, message: `${words} tên "${id}".`, fix: hintName(id, names) }));
}

/** A reminder: it is said and recorded all the same, but reports have no name for it. */
function unlistedOffers({ offer }: FlowStep, { offers }: FlowWorld): Finding[] {
  if (offer === null || offers === null || offers.includes(offer.code)) return [];
  const message = `Danh mục không có ưu đãi nào mã "${offer.code}".`;
  const fix = `${hintName(offer.code, offers)} Ưu đãi mới thì thêm vào catalogue/offers.yaml.`;
  return [{ code: 'unlisted_offer', severity: 'warning', path: ['offer'], message, fix }];
}

function entryFindings(flow: FlowFile, variables: ReadonlySet<string>): Finding[] {
  return flow.head.entry.flatMap((entry, index): Finding[] => {
    const path = ['entry', index];
    const condition = entry.if === undefined ? [] : ruleFindings([...path, 'if'], entry.if, variables);
    const saveAs = 'save_as' in entry && entry.save_as !== undefined ? entry.save_as : null;
    const save = saveAs === null ? [] : saveFindings([...path, 'save_as'], saveAs, variables);
    const isMute =
      entry.on === 'says' && entry.whole === undefined && entry.contains === undefined && entry.means === undefined;
    const fix = 'Thêm "whole:" (cả tin nhắn là câu đó) hoặc "contains:" (câu đó nằm trong tin nhắn).';
    const mute = isMute ? [{ code: 'missing_key', path, message: 'Luật "on: says" chưa có câu nào.', fix }] : [];
    return [...condition, ...save, ...mute];
  });
}

function declarationFindings(flow: FlowFile): Finding[] {
  return Object.keys(flow.head.variables)
    .filter((name) => reservedNames.has(name))
    .map((name) => ({
      code: 'reserved_name',
      path: ['variables', name],
      message: `"${name}" là tên đã dùng sẵn, không đặt cho biến được.`,
      fix: `Đặt tên khác, ví dụ "${name.replace(/_/g, '')}_khach".`,
    }));
}
