// A score that the customer changes a moment later: "nhầm, 4 thôi", "ý mình là 2", another button of the same question.
import { isWholly, readSaying, startsAt } from '../match-phrase.ts';
import type { FlowPlan, Reply, StepScope, SurveyMark } from './step-kind.ts';
import { readScore, scoreTitles } from './survey-words.ts';

const slips = [
  'nhầm · nhầm rồi · bấm nhầm · ấn nhầm · chọn nhầm · gõ nhầm · nhắn nhầm · bấm nhầm rồi · chọn nhầm rồi',
  'lộn · lộn rồi · bấm lộn · chọn lộn · sửa lại · sửa lại là · sửa thành · đổi lại · đổi thành · chấm lại',
  'ý mình là · ý em là · ý chị là · ý anh là · ý tôi là · ý là',
]
  .flatMap((list) => list.split('·').map(readSaying))
  .sort((one, other) => other.length - one.length);

/** "xin lỗi em, chị bấm nhầm, …": so many words may stand before. */
const MOST_BEFORE = 5;

/** While step `asking` asks more about a survey: what a text means that is another score; null = it is an answer. */
export function correctScore(
  { id: asking, about }: { id: string; about?: string | undefined },
  plan: FlowPlan,
  text: string,
  scope: StepScope,
): Reply | null {
  const survey = about === undefined ? null : plan.survey(about);
  if (about === undefined || survey === null) return null;
  const score = readCorrection(survey, text);
  if (score === null || score === scope.variables[survey.variable]) return null;
  return {
    of: about,
    exit: survey.exitFor(score),
    effect: {
      commands: [
        { type: 'cancel_timer', key: asking },
        { type: 'record_survey', step: about, metric: survey.metric, status: 'answered', score },
      ],
      variables: { [survey.variable]: score },
    },
  };
}

function readCorrection({ metric }: SurveyMark, text: string): number | null {
  const said = afterSlip(text) ?? (isScoreAlone(metric, text) ? text : null);
  if (said === null) return null;
  const answer = readScore(metric, said);
  return answer.ok && answer.comment === null ? answer.score : null;
}

/** What follows "bấm nhầm"; null when nothing was mistaken. */
function afterSlip(text: string): string | null {
  const said = readSaying(text);
  for (const slip of slips) {
    const at = startsAt(said, slip, MOST_BEFORE);
    if (at === null) continue;
    const words = [...text.matchAll(/[\p{L}\p{N}⭐]+/gu)];
    return text.slice(words[at + slip.length]?.index ?? text.length);
  }
  return null;
}

/** A number or a button. "Ổn", "hài lòng", "bình thường" may as well answer what was asked next. */
function isScoreAlone(metric: SurveyMark['metric'], text: string): boolean {
  if (/^\s*\d{1,2}\s*$/u.test(text)) return true;
  const said = readSaying(text);
  return scoreTitles[metric].some(({ score, title }) => ![3, 4].includes(score) && isWholly(said, readSaying(title)));
}
