// Answers that come late: the tap on a question that a detour interrupted, and the "yes" to an offer that was put off or
// declined. The buttons still stand in the chat, and whoever taps them means what is written on them.
import type { FlowSnapshot } from '../flows/flow-run.ts';
import { foldText } from '../flows/vietnamese-text.ts';
import { allRuns, type Run } from './conversation.ts';
import { isListening, isUnderstood, removeRun, type StepTools, settle, stepOf, tryStep, wakeRun } from './step-flow.ts';
import type { Turn } from './turn.ts';

/** A score is a word or two; what is longer means something else by now. */
const LONGEST_SCORE = 20;

/** True when a script that does not listen now took the text. */
export function answerLate(turn: Turn, tools: StepTools, text: string): boolean {
  const { suspended } = turn.person.conversation.runs;
  return (
    suspended.toReversed().some((run) => isListening(tools, run) && answerQuestion(turn, tools, run, text)) ||
    allRuns(turn.person.conversation.runs).some((run) => acceptOffer(turn, tools, run, text))
  );
}

function answerQuestion(turn: Turn, tools: StepTools, run: Run, text: string): boolean {
  const isScore = stepOf(tools, run)?.kind === 'survey' && text.length <= LONGEST_SCORE;
  if (!isScore && !choicesAt(turn, tools, run, run.snapshot).includes(foldText(text))) return false;
  const stepped = tryStep(turn, tools, run, { type: 'text', text });
  if (!stepped || !isUnderstood(stepped)) return false;
  settle(turn, tools, run, stepped);
  wakeRun(turn, tools, run);
  return true;
}

/** The yes on the button of an open offer, after a reminder was said over it: the reminder has its answer as well. */
export function acceptSetAside(turn: Turn, tools: StepTools, text: string): boolean {
  const { runs } = turn.person.conversation;
  const run = runs.suspended.findLast((one) => one.isSetAside);
  if (run === undefined || !acceptAt(turn, tools, run, { snapshot: run.snapshot, text })) return false;
  const { active } = runs;
  if (active?.startedBy === 'care' && active.subscriptionId === run.subscriptionId && active.id !== run.id)
    removeRun(turn, tools, active, 'interrupted');
  return true;
}

/** A script has gone past its offer; the first one of it is the one that was said. */
function acceptOffer(turn: Turn, tools: StepTools, run: Run, text: string): boolean {
  const flow = tools.scripts.versions.get(run.flowVersionId)?.flow;
  const offer = [...(flow?.steps.values() ?? [])].find(({ kind }) => kind === 'offer');
  if (!offer || offer.id === run.step) return false;
  return acceptAt(turn, tools, run, { snapshot: { ...run.snapshot, state: offer.id }, text });
}

type YesAt = { snapshot: FlowSnapshot; text: string };

function acceptAt(turn: Turn, tools: StepTools, run: Run, { snapshot, text }: YesAt): boolean {
  if (!choicesAt(turn, tools, run, snapshot).includes(foldText(text))) return false;
  const stepped = tryStep(turn, tools, run, { type: 'text', text }, snapshot);
  const isYes = stepped?.commands.some((command) => command.type === 'record_offer' && command.state === 'accepted');
  if (!stepped || !isYes) return false;
  settle(turn, tools, run, stepped);
  wakeRun(turn, tools, run);
  return true;
}

/** What is written on the buttons of a step, folded. */
function choicesAt(turn: Turn, tools: StepTools, run: Run, snapshot: FlowSnapshot): string[] {
  const asked = tryStep(turn, tools, run, { type: 'resume' }, snapshot);
  const messages = (asked?.commands ?? []).flatMap((command) => (command.type === 'say' ? [command.message] : []));
  const choices = messages.flatMap((message) => (message.kind === 'text' ? message.choices : []));
  return choices.flatMap(({ title, payload }) => [foldText(title), foldText(payload)]);
}
