// The judge of every storm: compares what was brought (the feed's journal), what we know (the database) and what was
// accepted (the provider's own ledger). Each person wrote "số 1", "số 2" …; each is answered by "Nhận số …." once.
import type pg from 'pg';
import type { AcceptedSend } from '../../src/sandbox/world.ts';
import type { Carried } from './feed.ts';

export type Evidence = {
  carried: readonly Carried[];
  ledger: readonly AcceptedSend[];
  pool: pg.Pool;
};

export type Verdict = {
  figures: {
    /** Webhooks that were told 2xx: messages, receipts and echoes. */
    deliveries: number;
    messages: number;
    repeats: number;
    kept: number;
    accepted: number;
    sent: number;
    parked: number;
    failed: number;
  };
  /** Empty when every promise was kept; the first few sentences of each kind. */
  broken: string[];
  /** Whom the broken promises were made to, one of each kind. */
  people: string[];
};

export const answerTo = (text: string): string => `Nhận ${text}.`;

type Row = { person: string; text: string; status: string };

const OUTBOX = `
SELECT i.external_id AS person, o.content ->> 'text' AS text, o.status
FROM outbound_messages o JOIN channel_identities i ON i.id = o.identity_id ORDER BY o.seq`;

const HEARD = `
SELECT i.external_id AS person, t.text, count(*)::int AS times
FROM touchpoints t JOIN channel_identities i ON i.customer_id = t.customer_id WHERE t.kind = 'message_in' GROUP BY 1, 2`;

const OPEN = `
SELECT 'queued event' AS what, count(*)::int AS n FROM inbound_queue
UNION ALL SELECT 'sending past its lease', count(*)::int FROM outbound_messages WHERE status = 'sending'
UNION ALL SELECT 'message without an end', count(*)::int FROM outbound_messages WHERE status IN ('queued', 'uncertain')
UNION ALL SELECT 'ledger line without its event', count(*)::int FROM touchpoints t
  WHERE t.inbound_event_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inbound_events e WHERE e.id = t.inbound_event_id)
UNION ALL SELECT 'event of a delivery that was not kept', count(*)::int FROM inbound_events e
  WHERE e.delivery_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.id = e.delivery_id)
UNION ALL SELECT 'person with two conversations', count(*)::int FROM (
  SELECT identity_id FROM conversations GROUP BY 1 HAVING count(*) > 1) AS twice`;

export async function judge({ carried, ledger, pool }: Evidence): Promise<Verdict> {
  const messages = carried.flatMap((one) => (one.message && one.keptAt !== null ? [{ ...one, ...one.message }] : []));
  const outbox = (await pool.query<Row>(OUTBOX)).rows;
  const heard = (await pool.query<{ person: string; text: string; times: number }>(HEARD)).rows;
  const open = (await pool.query<{ what: string; n: number }>(OPEN)).rows;
  const broken = [
    ...some('I1 lost', lost(messages, heard)),
    ...some('I1 worked more than once', heard.filter(({ times }) => times > 1).map(nameOf)),
    ...some('I2 accepted more than once', doubled(ledger)),
    ...some('I3 out of order', outOfOrder(messages, ledger)),
    ...open.flatMap(({ what, n }) => (n > 0 ? [`I4/I6 ${what}: ${n}`] : [])),
    ...some('I5 no answer was made', unanswered(messages, outbox)),
    ...some('I5 answered more than once', repeated(outbox)),
    ...some('I5 said to be sent, never accepted', imagined(outbox, ledger)),
    ...some('I5 accepted, said to have failed', denied(outbox, ledger)),
  ];
  const count = (...statuses: string[]) => outbox.filter(({ status }) => statuses.includes(status)).length;
  const figures = {
    deliveries: carried.filter(({ keptAt }) => keptAt !== null).length,
    messages: messages.length,
    repeats: carried.reduce((sum, { acks }) => sum + Math.max(0, acks - 1), 0),
    kept: heard.length,
    accepted: ledger.length,
    sent: count('sent', 'delivered', 'read'),
    parked: count('parked'),
    failed: count('failed', 'skipped'),
  };
  const known = new Set(messages.map(({ personId }) => personId));
  const people = broken.flatMap((line) =>
    line
      .split(' ')
      .filter((word) => known.has(word))
      .slice(0, 1),
  );
  return { figures, broken, people: [...new Set(people)] };
}

type Kept = Carried & { personId: string; text: string };

const keyOf = (person: string, text: string) => `${person} ${text}`;
const nameOf = ({ person, text }: { person: string; text: string }) => keyOf(person, text);

function some(what: string, who: readonly string[]): string[] {
  return who.length === 0 ? [] : [`${what}: ${who.length}, as ${who.slice(0, 3).join(' | ')}`];
}

function lost(messages: readonly Kept[], heard: readonly { person: string; text: string }[]): string[] {
  const known = new Set(heard.map(nameOf));
  return messages.map(({ personId, text }) => keyOf(personId, text)).filter((key) => !known.has(key));
}

function repeatsIn(keys: readonly string[]): string[] {
  const seen = new Set<string>();
  return keys.filter((key) => seen.size === seen.add(key).size);
}

function doubled(ledger: readonly AcceptedSend[]): string[] {
  return repeatsIn(ledger.map(({ personId, text }) => keyOf(personId, text)));
}

/** Who was told 2xx for one message before the next was brought must be answered in that order. */
function outOfOrder(messages: readonly Kept[], ledger: readonly AcceptedSend[]): string[] {
  const place = new Map(ledger.map(({ personId, text }, index) => [keyOf(personId, text), index]));
  const perPerson = Map.groupBy(messages, ({ personId }) => personId);
  return [...perPerson].flatMap(([person, own]) =>
    own.flatMap((later) =>
      own.some((earlier) => isBefore(earlier, later) && isAfterIn(place, person, earlier, later))
        ? [keyOf(person, later.text)]
        : [],
    ),
  );
}

function isBefore(earlier: Kept, later: Kept): boolean {
  return earlier.keptAt !== null && earlier.keptAt < later.firstTriedAt && numberOf(earlier) < numberOf(later);
}

function isAfterIn(place: ReadonlyMap<string, number>, person: string, earlier: Kept, later: Kept): boolean {
  const [first, second] = [earlier, later].map(({ text }) => place.get(keyOf(person, answerTo(text))));
  return first !== undefined && second !== undefined && first > second;
}

function numberOf({ text }: Kept): number {
  return Number(/\d+/.exec(text)?.[0] ?? 0);
}

function unanswered(messages: readonly Kept[], outbox: readonly Row[]): string[] {
  const made = new Set(outbox.map(nameOf));
  return messages
    .filter((one) => /\d/.test(one.text))
    .map(({ personId, text }) => keyOf(personId, answerTo(text)))
    .filter((key) => !made.has(key));
}

function repeated(outbox: readonly Row[]): string[] {
  return repeatsIn(outbox.map(nameOf));
}

function imagined(outbox: readonly Row[], ledger: readonly AcceptedSend[]): string[] {
  const accepted = new Set(ledger.map(({ personId, text }) => keyOf(personId, text)));
  return outbox
    .filter(({ status }) => ['sent', 'delivered', 'read'].includes(status))
    .map(nameOf)
    .filter((key) => !accepted.has(key));
}

function denied(outbox: readonly Row[], ledger: readonly AcceptedSend[]): string[] {
  const accepted = new Set(ledger.map(({ personId, text }) => keyOf(personId, text)));
  return outbox
    .filter(({ status }) => status === 'failed' || status === 'skipped')
    .map(nameOf)
    .filter((key) => accepted.has(key));
}
