// A member of staff books a training for the customer: the place is kept, the confirmation with its calendar file goes out
// now, and a reminder waits for the hour before.
import type pg from 'pg';
import { askWindow, type WindowRules } from '../channels/messaging-window.ts';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { durationMs } from '../flows/duration.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import { createGuideLibrary } from '../flows/guides/guide-library.ts';
import { formatSlot } from '../flows/local-time.ts';
import type { Link, Message } from '../flows/message-schema.ts';
import { variableDefaults, variableNames } from '../flows/plan-flow.ts';
import type { Scripts } from '../flows/published-flow.ts';
import type { FlowFile } from '../flows/read-flow.ts';
import type { Variables } from '../flows/run-scope.ts';
import { trainingSlots } from '../flows/steps/training-slots.ts';
import { compileTemplate } from '../flows/template.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { BookAnswer, BookFields } from './care-schema.ts';
import { type LockedConversation, lockConversation } from './lock-conversation.ts';
import { queueStaffWords, type StaffWords } from './queue-staff-words.ts';
import { bookSteps, readFlowFile } from './read-flow-steps.ts';
import type { StaffActor } from './staff-actor.ts';

export type BookDeps = {
  clock: Clock;
  newId: NewId;
  windowRules: WindowRules;
  timeZone: string;
  scripts: () => Pick<Scripts, 'active'>;
  /** Where the calendar file of a booking is. */
  calendarUrl: (bookingId: string) => string;
};
type Asked = { conversationId: string; staff: StaffActor; fields: BookFields; facts: FlowFacts | null };
type Training = { id: string; topic: string; startsAt: Date; minutes: number; meetingUrl: string | null };

/** In the caller's transaction. Throws unknown_conversation, unknown_flow, slot_gone, already_booked, window_closed. */
export async function bookTraining(
  deps: BookDeps,
  client: pg.ClientBase,
  { conversationId, staff, fields, facts }: Asked,
): Promise<BookAnswer> {
  const conversation = await lockConversation(client, conversationId);
  const now = deps.clock.now();
  const training = await readTraining(deps, client, fields, facts);
  refuseClosed(deps, conversation, now);
  await insertBooking(client, conversation, training, now);
  const words = wordsOf(deps, training, facts?.customer.form_of_address ?? 'anh/chị');
  const queued = await queueStaffWords({ newId: deps.newId, now }, client, conversation, { by: staff, words });
  const { topic, startsAt } = training;
  const data = { topic, startsAt: startsAt.toISOString(), by: staff.email, booking: training.id };
  const { customerId, channel } = conversation;
  await writeTouchpoints(client, [
    {
      at: now,
      kind: 'training_booked',
      customerId,
      conversationId,
      channel,
      flow: fields.flow,
      step: fields.step,
      data,
    },
  ]);
  return {
    id: training.id,
    startsAt: startsAt.toISOString(),
    calendarUrl: deps.calendarUrl(training.id),
    messages: queued.map(({ id, sendAt }) => ({ id, sendAt: sendAt.toISOString() })),
  };
}

async function readTraining(
  { clock, newId, timeZone, scripts }: BookDeps,
  client: pg.ClientBase,
  { flow, step, startsAt }: BookFields,
  facts: FlowFacts | null,
): Promise<Training> {
  const file = await readFlowFile(client, scripts(), flow);
  const rule = bookSteps(file).find(({ id }) => id === step)?.rule;
  if (rule === undefined) throw new HttpError(422, 'unknown_step', `Bước "${step}" của "${flow}" không đặt lịch.`);
  const at = new Date(startsAt);
  if (!trainingSlots(rule, clock.now().getTime(), timeZone).includes(at.getTime()))
    throw new HttpError(409, 'slot_gone', 'Giờ này không còn trong lịch đào tạo. Hãy chọn giờ khác.');
  const say = (text: string) => fill(file, text, facts);
  const minutes = Math.round(durationMs(rule.duration) / MINUTE_MS);
  const meetingUrl = rule.meeting_url === undefined ? null : say(rule.meeting_url) || null;
  return { id: newId(), topic: say(rule.book), startsAt: at, minutes, meetingUrl };
}

const noGuides = createGuideLibrary([]);

/** As the script would say it before it has asked anything. */
function fill(file: FlowFile, text: string, facts: FlowFacts | null): string {
  if (facts === null) return text;
  const variables: Variables = variableDefaults(file.head).defaults;
  return compileTemplate(text, variableNames(file))({ facts, variables, guides: noGuides });
}

function refuseClosed({ windowRules }: BookDeps, conversation: LockedConversation, now: Date): void {
  const { channel, lastInteractionAt, followedAt } = conversation;
  const question = {
    channel,
    now,
    lastInteractionAt,
    followedAt,
    messageKind: 'text',
    purpose: 'confirmation',
  } as const;
  const answer = askWindow({ ...question, writtenBy: 'person' }, windowRules);
  if (answer.allowed) return;
  const way = 'Lịch chưa đặt vì khách sẽ không nhận được xác nhận: gửi tin mẫu hoặc gọi điện trước.';
  throw new HttpError(409, 'window_closed', `${answer.reason} ${way}`);
}

const INSERT = `
INSERT INTO training_bookings (id, customer_id, conversation_id, topic, starts_at, duration_minutes, meeting_url, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (conversation_id, starts_at) WHERE cancelled_at IS NULL DO NOTHING`;

async function insertBooking(
  client: pg.ClientBase,
  { id: conversationId, customerId }: LockedConversation,
  { id, topic, startsAt, minutes, meetingUrl }: Training,
  now: Date,
): Promise<void> {
  const values = [id, customerId, conversationId, topic, startsAt, minutes, meetingUrl, now];
  const { rowCount } = await client.query(INSERT, values);
  if (rowCount === 0) throw new HttpError(409, 'already_booked', 'Khách đã có lịch đào tạo vào giờ này.');
}

/** The reminder first: the newest word of staff is the confirmation. */
function wordsOf({ clock, timeZone, calendarUrl }: BookDeps, training: Training, address: string): StaffWords[] {
  const now = clock.now();
  const { id, startsAt, meetingUrl } = training;
  const slot = formatSlot(startsAt.getTime(), timeZone);
  const room: Link[] = meetingUrl === null ? [] : [{ kind: 'url', title: 'Vào phòng học', url: meetingUrl }];
  const calendar: Link = { kind: 'url', title: 'Thêm vào lịch', url: calendarUrl(id) };
  const text = (words: string, links: Link[]): Message => ({ kind: 'text', text: words, choices: [], links });
  const confirmation = text(`Em đã đặt lịch đào tạo cho ${address} lúc ${slot} ạ.`, [...room, calendar]);
  const reminder = text(`${capital(address)} ơi, còn một giờ nữa là đến buổi đào tạo lúc ${slot} ạ.`, room);
  const hourBefore = new Date(startsAt.getTime() - HOUR_MS);
  const later: StaffWords[] =
    hourBefore.getTime() - now.getTime() < HOUR_MS
      ? []
      : [{ content: reminder, purpose: 'care', sendAt: hourBefore, expiresAt: startsAt }];
  return [
    ...later,
    { content: confirmation, purpose: 'confirmation', sendAt: now, expiresAt: new Date(now.getTime() + DAY_MS) },
  ];
}

function capital(words: string): string {
  return words.charAt(0).toLocaleUpperCase('vi') + words.slice(1);
}
