// One line of a flow test: something happens, or something is looked at. The answer is null or what is wrong.
import { LeapError } from '../errors.ts';
import { durationMs } from '../flows/duration.ts';
import type { FlowCommand } from '../flows/flow-run.ts';
import { localParts } from '../flows/local-time.ts';
import { type Message, textOfMessage } from '../flows/message-schema.ts';
import type { Expectation, TestLine } from '../flows/test-schema.ts';
import type { SimulatedEffect, Simulation } from './simulate-conversation.ts';

export type TestRun = {
  flow: string;
  simulation: Simulation;
  /** Messages that no line has looked at yet. */
  said: Message[];
  /** What came of the last action. */
  effects: SimulatedEffect[];
};

export function playTestLine(line: TestLine, run: TestRun): string | null {
  if ('bot' in line) return lookAtMessage(line, run);
  if ('bot_never_says' in line) return lookForForbidden(line.bot_never_says, run);
  if ('bot_messages' in line) return lookAtCount(line.bot_messages, run);
  if ('expect' in line) return lookAtEffects(line.expect, run);
  return unlessItBreaks(() => act(line, run));
}

/** What breaks a conversation in the program is a red test here: there the event would be parked. */
export function unlessItBreaks(act: () => string | null): string | null {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof LeapError)) return `đến đây chương trình gặp lỗi: ${String(error)}`;
    const where = `kịch bản "${error.from}"`;
    if (error.to === null) return `${where} dẫn vòng tròn sang kịch bản khác mãi không dừng.`;
    return `${where} dẫn đến kịch bản "${error.to}", mà kịch bản ấy không có hoặc đang có lỗi.`;
  }
}

type Action = Exclude<
  TestLine,
  { bot: unknown } | { bot_never_says: unknown } | { bot_messages: unknown } | { expect: unknown }
>;

function act(line: Action, run: TestRun): string | null {
  const { simulation } = run;
  let failure: string | null = null;
  if ('customer' in line) simulation.say(line.customer);
  else if ('customer_sends' in line) simulation.send(line.customer_sends);
  else if ('event' in line) simulation.occur(line.event);
  else if ('after' in line) simulation.advance(durationMs(line.after));
  else if ('hand_back' in line) simulation.handBack();
  else {
    const flow = line.start.flow ?? run.flow;
    const hasBegun = simulation.start(flow, { at: line.start.at });
    if (!hasBegun) failure = `không có kịch bản "${flow}".`;
  }
  run.effects = simulation.takeEffects();
  run.said = messagesOf(run.effects);
  return failure;
}

function messagesOf(effects: readonly SimulatedEffect[]): Message[] {
  return effects.flatMap(({ command }) => (command.type === 'say' ? [command.message] : []));
}

function lookAtMessage(line: Extract<TestLine, { bot: unknown }>, run: TestRun): string | null {
  const wanted = typeof line.bot === 'string' ? [line.bot] : line.bot;
  const index = run.said.findIndex((message) => wanted.every((text) => contains(message, text)));
  if (index === -1) {
    const heard = run.said.map((message) => `"${shorten(textOfMessage(message))}"`).join(', ');
    return `bot phải nói "${wanted.join('" và "')}" nhưng ${heard === '' ? 'không nói gì thêm' : `chỉ nói ${heard}`}.`;
  }
  const message = run.said[index];
  run.said = run.said.slice(index + 1);
  const taps = message?.kind === 'text' ? message : { choices: [], links: [] };
  return (
    compareTitles(
      'nút chọn',
      line.choices,
      taps.choices.map(({ title }) => title),
    ) ??
    compareTitles(
      'nút mở trang',
      line.links,
      taps.links.map(({ title }) => title),
    )
  );
}

function compareTitles(what: string, wanted: readonly string[] | undefined, found: readonly string[]): string | null {
  if (
    wanted === undefined ||
    (wanted.length === found.length && wanted.every((title, index) => title === found[index]))
  ) {
    return null;
  }
  return `${what} phải là [${wanted.join(' | ')}] nhưng là [${found.join(' | ')}].`;
}

function lookForForbidden(text: string | string[], run: TestRun): string | null {
  const forbidden = typeof text === 'string' ? [text] : text;
  const found = forbidden.find((piece) => messagesOf(run.effects).some((message) => contains(message, piece)));
  return found === undefined ? null : `bot đã nói "${found}".`;
}

function lookAtCount(wanted: number, run: TestRun): string | null {
  const messages = messagesOf(run.effects);
  if (messages.length === wanted) return null;
  const heard = messages.map((message) => `"${shorten(textOfMessage(message))}"`).join(', ');
  return `bot phải gửi ${wanted} tin nhưng gửi ${messages.length}${heard === '' ? '' : `: ${heard}`}.`;
}

function contains(message: Message, text: string): boolean {
  const plain = (value: string) => value.normalize('NFC').replace(/\s+/gu, ' ').toLocaleLowerCase('vi');
  return plain(textOfMessage(message)).includes(plain(text));
}

function shorten(text: string): string {
  const line = text.replace(/\s+/gu, ' ');
  return line.length <= 90 ? line : `${line.slice(0, 89)}…`;
}

function lookAtEffects(wanted: Expectation, run: TestRun): string | null {
  const commands = run.effects.map(({ command }) => command);
  const { simulation } = run;
  return (
    lookForCommand(commands, 'record_survey', wanted.survey) ??
    lookForCommand(commands, 'record_offer', wanted.offer) ??
    lookForReason(commands, 'open_case', wanted.case) ??
    lookForTask(commands, wanted.task) ??
    lookAtHandover(commands, wanted.handover, simulation) ??
    same(
      'opt_out',
      wanted.opt_out,
      commands.some(({ type }) => type === 'opt_out'),
    ) ??
    same(
      'opt_in',
      wanted.opt_in,
      commands.some(({ type }) => type === 'opt_in'),
    ) ??
    lookAtBooking(commands, wanted.booking, simulation) ??
    same('guide', wanted.guide, commands.find((command) => command.type === 'show_guide')?.guideId) ??
    same('flow', wanted.flow, simulation.run?.flow.id) ??
    same('step', wanted.step, simulation.run?.step) ??
    same('ended', wanted.ended, simulation.run === null) ??
    lookAtValues('variables', wanted.variables, simulation.run?.snapshot.context.variables) ??
    lookAtValues('remembered', wanted.remembered, simulation.facts.customer.attributes)
  );
}

function same<T>(name: string, wanted: T | undefined, found: T | undefined): string | null {
  return wanted === undefined || wanted === found ? null : `${name} phải là ${show(wanted)} nhưng là ${show(found)}.`;
}

function lookForCommand(
  commands: readonly FlowCommand[],
  type: 'record_survey' | 'record_offer',
  wanted: Record<string, unknown> | undefined,
): string | null {
  if (wanted === undefined) return null;
  const found = commands.filter((command) => command.type === type);
  const isThere = found.some((command) => Object.entries(wanted).every(([key, value]) => matches(command, key, value)));
  if (isThere) return null;
  return `phải có ${type} ${show(wanted)} nhưng ${found.length === 0 ? 'không có' : `chỉ có ${show(found)}`}.`;
}

function matches(command: FlowCommand, key: string, value: unknown): boolean {
  const found = Object.entries(command).find(([name]) => name === key)?.[1];
  if (key === 'comment' || key === 'reason') return String(found ?? '').includes(String(value));
  return found === value;
}

function lookForReason(commands: readonly FlowCommand[], type: 'open_case' | 'hand_over', wanted: string | undefined) {
  if (wanted === undefined) return null;
  const reasons = commands.flatMap((command) => (command.type === type ? [command.reason] : []));
  if (reasons.some((reason) => reason.includes(wanted))) return null;
  return `phải có ${type} với lý do "${wanted}" nhưng ${reasons.length === 0 ? 'không có' : `chỉ có ${show(reasons)}`}.`;
}

function lookForTask(commands: readonly FlowCommand[], wanted: string | undefined) {
  if (wanted === undefined) return null;
  const titles = commands.flatMap((command) => (command.type === 'open_task' ? [command.title] : []));
  if (titles.some((title) => title.includes(wanted))) return null;
  return `phải có việc cho nhân viên "${wanted}" nhưng ${titles.length === 0 ? 'không có' : `chỉ có ${show(titles)}`}.`;
}

function lookAtHandover(
  commands: readonly FlowCommand[],
  wanted: Expectation['handover'],
  simulation: Simulation,
): string | null {
  return typeof wanted === 'string'
    ? lookForReason(commands, 'hand_over', wanted)
    : same('handover', wanted, simulation.isWithPerson);
}

function lookAtBooking(
  commands: readonly FlowCommand[],
  wanted: string | undefined,
  { facts }: Simulation,
): string | null {
  if (wanted === undefined) return null;
  if (wanted === 'cancelled') {
    const isCancelled = commands.some(({ type }) => type === 'cancel_training');
    return isCancelled ? null : 'phải bỏ buổi đào tạo nhưng chưa bỏ buổi nào.';
  }
  const booked = commands.find((command) => command.type === 'book_training')?.startsAt;
  if (booked === undefined) return `phải có lịch lúc ${wanted} nhưng chưa đặt lịch nào.`;
  const at = localParts(Date.parse(booked), facts.timeZone);
  const two = (value: number) => String(value).padStart(2, '0');
  return same('booking', wanted, `${at.year}-${two(at.month)}-${two(at.day)}T${two(at.hour)}:${two(at.minute)}`);
}

function lookAtValues(name: string, wanted: Record<string, unknown> | undefined, found: unknown): string | null {
  const values = new Map(typeof found === 'object' && found !== null ? Object.entries(found) : []);
  for (const [key, value] of Object.entries(wanted ?? {})) {
    if (values.get(key) !== value) return `${name}.${key} phải là ${show(value)} nhưng là ${show(values.get(key))}.`;
  }
  return null;
}

function show(value: unknown): string {
  return value === undefined ? 'không có' : JSON.stringify(value);
}
