// One line of a journey's test: something happens, time passes, or something is looked at. Null, or what is wrong.
import { durationMs } from '../flows/duration.ts';
import type { Journey } from '../flows/journeys/journey.ts';
import type { CareExpectation, CareLine } from '../flows/journeys/journey-test-schema.ts';
import type { CareEntry } from './care-log.ts';
import { isStep } from './care-log.ts';
import { playTestLine, type TestRun, unlessItBreaks } from './play-test-line.ts';
import type { SimulatedCare } from './simulate-care.ts';

export type CareRun = { journey: Journey; care: SimulatedCare; chat: TestRun };

export function playCareLine(line: CareLine, run: CareRun): string | null {
  if ('bot' in line || 'bot_never_says' in line || 'bot_messages' in line) return playTestLine(line, run.chat);
  if ('expect' in line) return lookAtCare(line.expect, run);
  run.care.log = [];
  run.care.effects = [];
  const failure = unlessItBreaks(() => act(line, run));
  run.chat.effects = run.care.effects;
  run.chat.said = run.care.effects.flatMap(({ command }) => (command.type === 'say' ? [command.message] : []));
  return failure;
}

type Action = Exclude<CareLine, Record<'expect', unknown> | Record<'bot', unknown>>;

function act(line: Action, { care, journey }: CareRun): string | null {
  if ('after' in line) care.advance(durationMs(line.after));
  else if ('outage' in line) care.advance(durationMs(line.outage), { isOutage: true });
  else if ('customer' in line) care.inChat((chat) => chat.say(line.customer));
  else if ('customer_sends' in line) care.inChat((chat) => chat.send(line.customer_sends));
  else if ('follow' in line) care.inChat((chat) => chat.occur('follow'));
  else if ('enrol' in line) return care.enrol(journey);
  else if ('hand_back' in line) {
    care.chat.handBack();
    care.look();
  } else if ('pause' in line) {
    care.isPaused = line.pause;
    care.look();
  } else if ('hold_out' in line) for (const code of line.hold_out) care.heldOut.add(code);
  else if ('consent' in line) care.hasConsent = line.consent;
  else if ('window' in line) care.isWindowOpen = line.window === 'open';
  else if ('set' in line || 'usage' in line || 'event' in line) {
    care.happen(line.set ?? {}, line.usage ?? {}, line.event === undefined ? [] : [line.event].flat());
  }
  return null;
}

function lookAtCare(wanted: CareExpectation, run: CareRun): string | null {
  return (
    lookAtStarts(wanted.started, run) ??
    firstOf(listOf(wanted.task), (text) => lookForTask(text, run)) ??
    firstOf(listOf(wanted.not_sent), (one) => lookForReason('not_sent', 'bỏ qua', one, run)) ??
    firstOf(listOf(wanted.put_off), (one) => lookForReason('put_off', 'dời lại', one, run)) ??
    lookForFallback(wanted.fallback, run) ??
    lookForEntering(wanted.entered, run) ??
    lookForEnd(wanted.ended, run) ??
    lookAtWaiting(wanted.waiting, run) ??
    (wanted.offer === undefined ? null : playTestLine({ expect: { offer: wanted.offer } }, run.chat)) ??
    (wanted.chat === undefined ? null : playTestLine({ expect: wanted.chat }, run.chat))
  );
}

function lookAtStarts(wanted: string | string[] | undefined, { care, journey }: CareRun): string | null {
  if (wanted === undefined) return null;
  const started = care.log.filter(({ what }) => what === 'started');
  const found = started.map((entry) => nameOf(entry, journey));
  const isRight =
    typeof wanted === 'string'
      ? started.some((entry) => isStep(entry, wanted, journey.id))
      : wanted.length === found.length && wanted.every((name, index) => name === found[index]);
  if (isRight) return null;
  const words = typeof wanted === 'string' ? `"${wanted}"` : `đúng [${wanted.join(', ')}]`;
  return `phải bắt đầu ${words} nhưng đã bắt đầu [${found.join(', ')}].${whyNot(care.log, journey)}`;
}

function lookForTask(text: string, { care, journey }: CareRun): string | null {
  const titles = care.log.flatMap((entry) => (entry.what === 'task' ? [entry.title] : []));
  const opened = care.effects.flatMap(({ command }) => (command.type === 'open_case' ? [command.reason] : []));
  const all = [...titles, ...opened];
  if (all.some((title) => title.includes(text))) return null;
  return `phải có việc "${text}" nhưng ${all.length === 0 ? 'không có việc nào' : `chỉ có "${all.join('", "')}"`}.${whyNot(care.log, journey)}`;
}

function lookForReason(
  what: 'not_sent' | 'put_off',
  words: string,
  wanted: { step?: string | undefined; because: string },
  { care, journey }: CareRun,
): string | null {
  const found = care.log.filter(
    (entry) => entry.what === what && (wanted.step === undefined || isStep(entry, wanted.step, journey.id)),
  );
  if (found.some((entry) => 'reason' in entry && entry.reason.includes(wanted.because))) return null;
  const step = wanted.step === undefined ? 'một bước' : `bước "${wanted.step}"`;
  return `${step} phải bị ${words} vì "${wanted.because}".${whyNot(care.log, journey)}`;
}

function lookForFallback(wanted: CareExpectation['fallback'], { care, journey }: CareRun): string | null {
  if (wanted === undefined) return null;
  const isThere = care.log.some((entry) => entry.what === 'fallback' && entry.ways.includes(wanted));
  return isThere ? null : `tin phải đi đường "${wanted}".${whyNot(care.log, journey)}`;
}

function lookForEntering(wanted: boolean | undefined, { care, journey }: CareRun): string | null {
  const found = care.log.some((entry) => entry.what === 'entered' && entry.journey === journey.id);
  if (wanted === undefined || wanted === found) return null;
  return wanted ? 'khách phải vào hành trình nhưng không vào.' : 'khách không được vào hành trình nhưng đã vào.';
}

function lookForEnd(wanted: CareExpectation['ended'], { care, journey }: CareRun): string | null {
  if (wanted === undefined) return null;
  const ends = care.log.flatMap((entry) => (entry.what === 'ended' && entry.journey === journey.id ? [entry] : []));
  if (typeof wanted === 'boolean') {
    if (wanted === ends.length > 0) return null;
    return wanted ? 'hành trình phải kết thúc nhưng còn chạy.' : 'hành trình không được kết thúc nhưng đã kết thúc.';
  }
  if (ends.some(({ status }) => status === wanted)) return null;
  const found = ends.map(({ status, reason }) => `${status} (${reason})`).join(', ');
  return `hành trình phải kết thúc là "${wanted}" nhưng ${found === '' ? 'còn chạy' : `là ${found}`}.`;
}

function lookAtWaiting(wanted: readonly string[] | undefined, { care, journey }: CareRun): string | null {
  if (wanted === undefined) return null;
  const found = care.state.enrolments
    .filter((one) => one.journey === journey.id && one.status === 'active')
    .flatMap(({ steps }) => steps.filter(({ status }) => status === 'planned').map(({ step }) => step));
  const isSame = wanted.length === found.length && wanted.every((step) => found.includes(step));
  return isSame ? null : `phải đang chờ [${wanted.join(', ')}] nhưng đang chờ [${found.join(', ')}].`;
}

/** What the ledger says, so that a red test explains itself. */
function whyNot(log: readonly CareEntry[], journey: Journey): string {
  const reasons = log.flatMap((entry) => ('reason' in entry ? [`${nameOf(entry, journey)}: ${entry.reason}`] : []));
  return reasons.length === 0 ? '' : ` Trong sổ: ${[...new Set(reasons)].slice(0, 4).join(' ')}`;
}

function nameOf(entry: CareEntry, own: Journey): string {
  const step = entry.step ?? 'hành trình';
  return entry.journey === own.id ? step : `${entry.journey}/${step}`;
}

function listOf<Item>(value: Item | Item[] | undefined): Item[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function firstOf<Item>(items: readonly Item[], look: (item: Item) => string | null): string | null {
  for (const item of items) {
    const failure = look(item);
    if (failure !== null) return failure;
  }
  return null;
}
