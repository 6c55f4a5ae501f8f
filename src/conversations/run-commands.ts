// Commands of a script become rows. Nothing is sent and nothing waits here.
import type { FlowCommand } from '../flows/flow-run.ts';
import { UNSAID } from '../offers/note-delivery.ts';
import type { Run } from './conversation.ts';
import { handOver } from './move-conversation.ts';
import { optIn, optOut } from './opt-out.ts';
import { type SayTools, sayMessage } from './say-message.ts';
import { bookingIdOf, note, type Turn } from './turn.ts';

export type CommandTools = SayTools & { newId: () => string };

/** What a script asked for that the caller must do itself, because it moves to another script. */
export type Leap = { flow: string; at: string | null };

/** Runs the commands in order; answers where the script wants to go on, if anywhere. */
export function runCommands(turn: Turn, tools: CommandTools, run: Run, commands: readonly FlowCommand[]): Leap | null {
  let leap: Leap | null = null;
  for (const command of commands) {
    // What is said is told where it is said: some lines are no command.
    if (command.type !== 'say') tools.watch?.command(run.flow, command);
    if (command.type === 'go_to_flow') leap = { flow: command.flow, at: command.at ?? null };
    else runCommand(turn, tools, run, command);
  }
  return leap;
}

type Told = Exclude<FlowCommand, { type: 'go_to_flow' }>;

function runCommand(turn: Turn, tools: CommandTools, run: Run, command: Told): void {
  switch (command.type) {
    case 'say':
      return sayMessage(turn, tools, run, command);
    case 'start_timer':
    case 'cancel_timer':
      return changeTimer(turn, run, command);
    case 'remember':
      turn.person.customer.attributes[command.name] = command.value;
      return tell(turn, run, 'remembered', command.step, { name: command.name, value: command.value });
    case 'record_survey':
      return recordSurvey(turn, run, command);
    case 'record_offer':
      return recordOffer(turn, run, command);
    case 'open_case':
      return openCase(turn, tools, run, command);
    case 'open_task':
      return openTask(turn, tools, run, command);
    case 'book_training':
      return bookTraining(turn, tools, run, command);
    case 'cancel_training':
      return cancelTraining(turn, run, command);
    case 'show_guide':
      return tell(turn, run, 'guide_shown', command.step, { guide: command.guideId, found: command.found });
    case 'share_tip':
      return carryTip(turn, run, command);
    case 'hand_over':
      return handOver(turn, command.reason, command.step);
    case 'opt_out':
      return optOut(turn, turn.person.identity.channel);
    case 'opt_in':
      return optIn(turn, turn.person.identity.channel);
    case 'record_consent':
      return recordConsent(turn, run, command);
    case 'set_language':
      turn.person.customer.language = command.language;
      return tell(turn, run, 'remembered', command.step, { name: 'language', value: command.language });
    case 'not_understood':
      return tell(turn, run, 'not_understood', command.step, {});
    case 'end':
      return;
  }
}

function changeTimer(turn: Turn, run: Run, command: Extract<Told, { type: 'start_timer' | 'cancel_timer' }>): void {
  const timer = { key: command.key, runId: run.id };
  if (command.type === 'cancel_timer') turn.effects.timers.push({ change: 'cancel', ...timer });
  else turn.effects.timers.push({ change: 'start', ...timer, dueAt: new Date(command.dueAt) });
}

/** The first message of the step carries it; the ledger hears of it when that message left. */
function carryTip(turn: Turn, run: Run, { step, tip }: Extract<Told, { type: 'share_tip' }>): void {
  const message = turn.effects.messages.find((one) => one.runId === run.id && one.step === step);
  if (message !== undefined) message.tip = tip;
}

/** Its line names the case: journeys begin with it, and other systems ask for it by that id. */
function openCase(turn: Turn, tools: CommandTools, run: Run, command: Extract<Told, { type: 'open_case' }>): void {
  const { reason, kind = 'other', dueInHours, detail, step } = command;
  const id = tools.newId();
  const whose = { runId: run.id, subscriptionId: run.subscriptionId };
  turn.effects.cases.push({ id, reason, kind, dueInHours, detail, ...whose });
  tell(turn, run, 'case_opened', step, { ...detail, case: id, kind }, reason);
}

function openTask(turn: Turn, tools: CommandTools, run: Run, command: Extract<Told, { type: 'open_task' }>): void {
  const { title, kind, dueInHours, detail, step } = command;
  const id = tools.newId();
  turn.effects.tasks.push({ id, title, kind, dueInHours, detail, subscriptionId: run.subscriptionId });
  tell(turn, run, 'task_opened', step, { task: id, kind, title });
}

/** Its line in the ledger is written with the row, when the row really moves: a question counts once its message left. */
function recordConsent(turn: Turn, run: Run, command: Extract<Told, { type: 'record_consent' }>): void {
  const { purpose, granted, wording } = command;
  const source = `chat:${turn.person.identity.channel}`;
  // What already waits asks again when it is sent.
  turn.effects.consents.push({ purpose, channel: '*', granted, source, wording });
  tell(turn, run, 'consent_recorded', command.step, { purpose, channel: '*', granted, source });
}

function recordSurvey(turn: Turn, run: Run, command: Extract<Told, { type: 'record_survey' }>): void {
  turn.effects.surveys.push({
    runId: run.id,
    flow: run.flow,
    flowVersionId: run.flowVersionId,
    step: command.step,
    metric: command.metric,
    status: command.status,
    score: command.score ?? null,
    comment: command.comment ?? null,
    caseId: run.facts?.case?.id?.toString() ?? null,
  });
}

/** As with surveys: the ledger hears of it when it is true. */
function recordOffer(turn: Turn, run: Run, command: Extract<Told, { type: 'record_offer' }>): void {
  // Said anew after somebody took over: what did not leave then ends nothing now.
  if (command.state === 'sent')
    turn.effects.timers.push({ change: 'cancel', key: `${command.step}${UNSAID}`, runId: run.id });
  turn.effects.offers.push({
    runId: run.id,
    flow: run.flow,
    flowVersionId: run.flowVersionId,
    step: command.step,
    code: command.code,
    state: command.state,
    subscriptionId: run.subscriptionId,
    reason: command.reason ?? null,
    benefit: command.benefit ?? null,
    gift: command.gift ?? null,
    deadlineAt: command.deadlineAt ?? null,
  });
}

function bookTraining(
  turn: Turn,
  tools: CommandTools,
  run: Run,
  command: Extract<Told, { type: 'book_training' }>,
): void {
  const id = bookingIdOf(turn, tools.newId);
  // A second training booked in the same turn is another one.
  turn.bookingId = null;
  run.bookingId = id;
  const { topic, startsAt, durationMinutes, meetingUrl } = command;
  turn.effects.bookings.push({ id, topic, startsAt, durationMinutes, meetingUrl });
  tell(turn, run, 'training_booked', command.step, { topic, startsAt });
  const { training } = turn.person;
  const booked = { id, topic, startsAt: new Date(startsAt), meetingUrl };
  // The same hour booked again is the newer booking.
  if (training === null || booked.startsAt <= training.startsAt) turn.person.training = booked;
}

function cancelTraining(turn: Turn, run: Run, { step, reason }: Extract<Told, { type: 'cancel_training' }>): void {
  const { training } = turn.person;
  if (training === null) return;
  turn.person.training = null;
  turn.effects.bookingsCancelled.push({ id: training.id });
  // Staff who book say beforehand what the customer hears an hour before.
  turn.effects.outbox.push({ change: 'skip_queued', which: 'reminder', startsAt: training.startsAt, reason });
  const { topic, startsAt } = training;
  tell(
    turn,
    run,
    'training_cancelled',
    step,
    { topic, startsAt: startsAt.toISOString(), booking: training.id },
    reason,
  );
}

function tell(
  turn: Turn,
  run: Run,
  kind: Parameters<typeof note>[1]['kind'],
  step: string,
  data: Record<string, unknown>,
  reason?: string,
): void {
  note(turn, { kind, flow: run.flow, flowVersionId: run.flowVersionId, step, data, reason: reason ?? null });
}
