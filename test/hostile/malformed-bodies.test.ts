// A storm of webhooks that nobody meant to send, half of them signed. The unsigned leave no trace at all; of the signed
// the bytes are kept, ids are what stands in them to the last digit, and nothing outside a thread's own records changes.
// 5,000 bodies; HOSTILE_BODIES=50000 for the long run, HOSTILE_SEED for another one.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signPage, signZalo } from '../outside/webhook.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';
import { corpus, type HostileBody, hostileBody, saidIn } from './mutate-body.ts';

const COUNT = Number(process.env.HOSTILE_BODIES ?? 5_000);
const SEED = Number(process.env.HOSTILE_SEED ?? 20_261_122);
const AT_ONCE = 32;
/** What a customer's message may touch; everything else belongs to staff, integrators and flows. */
const OF_THREADS =
  /^(webhook_deliveries|inbound_events|inbound_queue|channel_identities|customers|conversations|touchpoints|outbound_messages|timers|media|journey_signals|cases|tasks|consents|privacy_requests|survey_answers|enrolments|enrolment_steps|offer_issues|training_bookings|segment_members|template_states|outgoing_events|channel_tokens)$/;

let world: HostileWorld;
beforeAll(async () => {
  world = await openHostileWorld();
});
afterAll(() => world.close());

const bodies = fc.sample(hostileBody, { numRuns: COUNT, seed: SEED });
const signed = bodies.slice(0, COUNT / 2);
const unsigned = bodies.slice(COUNT / 2);
const headerOf = { zalo: 'x-zevent-signature', messenger: 'x-hub-signature-256' } as const;

function sign({ channel, body }: HostileBody): Record<string, string> {
  return { [headerOf[channel]]: channel === 'zalo' ? signZalo(body) : signPage(body) };
}

async function postAll(all: readonly HostileBody[], headers: (body: HostileBody, n: number) => Record<string, string>) {
  const answers: { status: number; of: HostileBody; text: string }[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE).map(async (of, n) => {
      const url = `/webhooks/${of.channel}`;
      const answer = await world.ask({ method: 'POST', url, headers: headers(of, from + n), body: of.body });
      return { status: answer.statusCode, of, text: answer.body };
    });
    answers.push(...(await Promise.all(some)));
  }
  return answers;
}

const show = ({ of, status, text }: { status: number; of: HostileBody; text: string }) =>
  `${of.from} → ${status} ${text.slice(0, 80)} ${of.body.toString('latin1').slice(0, 600)}`;

test('there are enough payloads to break', () => {
  expect(corpus.filter(({ channel }) => channel === 'zalo').length).toBeGreaterThan(20);
  expect(corpus.filter(({ channel }) => channel === 'messenger').length).toBeGreaterThan(40);
});

test(`${unsigned.length} of them unsigned, or signed for other bytes: 401 and no row`, {
  timeout: 300_000,
}, async () => {
  const before = await world.counts();
  const answers = await postAll(unsigned, (of, n) => {
    if (n % 3 === 0) return {};
    const other = unsigned[(n + 1) % unsigned.length] ?? of;
    return other.body.equals(of.body) ? {} : sign({ ...other, channel: of.channel });
  });
  expect(answers.filter(({ status, of }) => status !== 401 && !isTooLarge(status, of)).map(show)).toEqual([]);
  expect(await world.counts()).toEqual(before);
});

test(`${signed.length} of them signed: never our fault, kept byte for byte, ids exact`, {
  timeout: 600_000,
}, async () => {
  const before = await world.counts(OF_THREADS);
  const answers = await postAll(signed, sign);
  expect(answers.filter(({ status, of }) => !isAllowed(status, of)).map(show)).toEqual([]);
  const kept = answers.filter(({ status }) => status === 200).map(({ of }) => of);
  expect(kept.length).toBeGreaterThan(signed.length / 4);
  await world.worked();
  await expectBytes(kept);
  await expectIds(kept);
  expect(await world.rows('SELECT * FROM inbound_queue')).toEqual([]);
  expect(await world.counts(OF_THREADS)).toEqual(before);
});

/** 401: a changed body may no longer name the moment that Zalo would have signed. */
function isAllowed(status: number, of: HostileBody): boolean {
  if (status === 200 || status === 400 || isTooLarge(status, of)) return true;
  return status === 401 && of.channel === 'zalo';
}

function isTooLarge(status: number, { channel, body }: HostileBody): boolean {
  return status === 413 && body.length > (channel === 'zalo' ? 1 : 4) * 1_048_576;
}

async function expectBytes(kept: readonly HostileBody[]): Promise<void> {
  const distinct = new Map(kept.map((one) => [one.body.toString('base64'), one]));
  const found = await world.rows(
    `SELECT count(DISTINCT d.raw)::int AS n FROM webhook_deliveries d WHERE d.raw = ANY(SELECT decode(b, 'base64') FROM unnest($1::text[]) b)`,
    [[...distinct.keys()]],
  );
  expect(found).toEqual([{ n: distinct.size }]);
}

async function expectIds(kept: readonly HostileBody[]): Promise<void> {
  const said = new Set(kept.flatMap(({ body }) => [...saidIn(body)]));
  const known = new Set([...said].map((text) => text.toWellFormed().replaceAll('\u0000', '').normalize('NFC')));
  const people = await world.rows('SELECT channel, external_id AS id FROM channel_identities');
  expect(people.length).toBeGreaterThan(10);
  // Whoever chats from a website without a name is marked as such.
  const ids = people.map(({ id }) => String(id).replace(/^anonymous:/, ''));
  expect(ids.filter((id) => !said.has(id) && !known.has(id))).toEqual([]);
}

test('and afterwards: nothing in the log but warnings, no polluted object, an honest message is answered', async () => {
  expect(world.log.filter((line) => Number(JSON.parse(line).level) >= 50)).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  const ready = await world.ask({ url: '/readyz' });
  expect(ready.json()).toMatchObject({ status: 'ready' });
});
