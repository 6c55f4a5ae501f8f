// Six weeks of four customers, told to a program that may die at any moment: journeys, questions and their answers, an
// offer, a survey, dates that move. Whoever tells it says a thing again until somebody who lived has heard it.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ticketUrl } from '../../src/auth/connect-ticket.ts';
import { API_KEY, openStage, type Stage } from '../stories/stage.ts';
import { createReaper, type Fate, type Reaper } from './reaper.ts';

const DAY = 86_400_000;

/** Nothing lies on the last minute of a channel's window: a death costs a minute or two, which changes what may be said there. */
const JOURNEYS = {
  chao: `stage: onboarding
purpose: service
for: subscription
trigger: { on: event, event: subscription_activated }
steps: [{ id: goi, task: "Gọi {customer.name}", kind: welcome_call }, { id: chao, flow: chao-khach }]`,
  deu: `stage: periodic
for: subscription
trigger: { on: date, of: subscription.started_at }
audience: subscription.status == "active"
steps: [{ id: hoi, offset: 1 day, every: 14 days, at: "09:00", flow: hoi-khach }]`,
  diem: `stage: survey
for: subscription
trigger: { on: date, of: subscription.started_at }
steps: [{ id: cham, offset: 5 days, at: "14:00", flow: cham-diem }]`,
  han: `stage: renewal
for: subscription
trigger: { on: date, of: subscription.expires_at }
goal: since.subscription_renewed > 0
steps: [{ id: moi, offset: -20 days, at: "16:00", offer: TANG-THANG, flow: moi-han }, { id: goi, offset: -1 day, at: "09:00", task: "Gọi về gia hạn" }]`,
};

const FLOWS = {
  'dap-loi': `entry: [{ on: says, contains: [chào] }]
steps: [{ id: dap, end: "Dạ em đây ạ." }]`,
  'chao-khach': `entry: [{ on: manual }]
settings: { purpose: care, if_closed: task }
steps: [{ id: noi, end: "Chào mừng {customer.name} ạ." }]`,
  'hoi-khach': `entry: [{ on: manual }]
settings: { purpose: care, if_closed: task }
variables: { loi: text }
steps: [{ id: hoi, ask: "Dùng có ổn không ạ?", save_as: loi, no_reply: { after: 1 day, go: end } }, { id: ghi, open_case: "Khách góp ý", due: 24 hours }, { id: xong, end: "Em cảm ơn ạ." }]`,
  'cham-diem': `entry: [{ on: manual }]
settings: { purpose: care, if_closed: skip }
steps: [{ id: hai_long, survey: csat, text: "Chấm giúp em từ 1 đến 5 ạ?", expires: 2 days }, { id: xong, end: "Em ghi điểm rồi ạ." }]`,
  'moi-han': `entry: [{ on: manual }]
settings: { purpose: care, if_closed: task }
steps:
  - id: moi
    offer: TANG-THANG
    benefit: Gia hạn sớm thì việc chạy liền mạch ạ.
    deadline: subscription.expires_at
    accept: { title: Gia hạn ngay, go: nhan }
    decline: { title: Không gia hạn, go: end }
  - { id: nhan, end: "Em giữ ưu đãi rồi ạ." }`,
};

const OFFERS = `offers:
  - code: TANG-THANG
    title: Tặng tháng
    kind: renewal
    eligible: subscription.status == "active"
    benefit: Gia hạn sớm thì việc chạy liền mạch.
    deadline: subscription.expires_at
    once: never
    hold_out: 0
    window: 30 days
`;

/** A folder of flows of its own, so that what is shipped may change. */
export async function writeLifeFlows(): Promise<string> {
  const flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-kill-'));
  await mkdir(join(flowsDir, 'journeys'));
  await mkdir(join(flowsDir, 'catalogue'));
  await writeFile(join(flowsDir, 'catalogue', 'offers.yaml'), OFFERS);
  for (const [id, rest] of Object.entries(FLOWS)) {
    await writeFile(join(flowsDir, `${id}.flow.yaml`), `id: ${id}\ntitle: T\n${rest}\n`);
  }
  for (const [id, rest] of Object.entries(JOURNEYS)) {
    await writeFile(join(flowsDir, 'journeys', `${id}.journey.yaml`), `id: ${id}\ntitle: T\n${rest}\n`);
  }
  return flowsDir;
}

export type Life = Awaited<ReturnType<typeof live>>;

/** Plays it to the end; answers everything that should be the same in every life. */
export async function live(flowsDir: string, fate: Fate) {
  const reaper = createReaper(fate);
  const webhookRetryAfterMs = Array.from({ length: 500 }, () => 10);
  const stage = await openStage({ flowsDir, lend: reaper.lend, webhookRetryAfterMs });
  try {
    const people = await playLife(stage, reaper);
    const { commits, kills, boundaries } = reaper.seen;
    return {
      commits,
      kills,
      boundaries: [...boundaries.keys()],
      memory: await remembered(stage),
      sent: sentTo(stage, people),
      violations: stage.sandbox.violations,
    };
  } finally {
    await stage.close();
  }
}

type Somebody = { name: string; id: string };

async function playLife(stage: Stage, reaper: Reaper): Promise<Somebody[]> {
  const teller = createTeller(stage, reaper);
  const people = ['Lan', 'Mai', 'Huệ', 'Tâm'].map((name, index): Somebody => {
    const channel = index % 2 === 0 ? 'zalo' : 'messenger';
    return { name, id: stage.sandbox.createPerson({ channel, name }).id };
  });
  const inDays = (days: number) => new Date(stage.clock.now().getTime() + days * DAY).toISOString();
  const everybodyWrites = async (text: string) => {
    for (const { id } of people) stage.sandbox.write(id, text);
    await teller.settle();
  };
  // Before the first death somebody has heard something on each channel: only then its history proves what is absent.
  await everybodyWrites('chào shop');
  reaper.arm();
  for (const [index, { name, id }] of people.entries()) {
    const identities = index % 2 === 0 ? { zalo: id } : { messenger: id };
    await teller.put(`/api/v1/customers/${name}`, { name, identities });
    const dates = { startedAt: inDays(0), expiresAt: inDays(35 + index) };
    await teller.put(`/api/v1/subscriptions/goi-${name}`, { customer: name, product: 'spa', ...dates });
  }
  await teller.pass(1.2);
  await everybodyWrites('mọi thứ ổn');
  await teller.pass(3.6);
  await everybodyWrites('chào em');
  await teller.pass(0.5);
  await everybodyWrites('4');
  await teller.pass(7);
  await teller.put('/api/v1/subscriptions/goi-Mai', { customer: 'Mai', expiresAt: inDays(28) });
  await everybodyWrites('chào em nhé');
  await teller.pass(5);
  stage.sandbox.write(people[0]?.id ?? '', 'gia hạn ngay');
  await teller.settle();
  await teller.put('/api/v1/subscriptions/goi-Huệ', { customer: 'Huệ', expiresAt: inDays(400) });
  await teller.pass(25);
  return people;
}

/** Whoever tells the program something tells it again when nobody answered. */
function createTeller(stage: Stage, reaper: Reaper) {
  let calls = 0;
  const insist = async (act: () => Promise<unknown>) => {
    for (let again = act; ; ) {
      const acting = again().catch((error: unknown) => {
        if (!reaper.isDead) throw error;
      });
      await Promise.race([acting, reaper.death]);
      if (!reaper.isDead) return;
      await reviveAfter(acting);
      // Whatever was due at the moment of the death is seen to before time goes on.
      again = async () => {
        await stage.program.tickMinute();
        await stage.settle();
        await connectAgain(stage);
        await stage.settle();
        await act();
      };
    }
  };
  const reviveAfter = async (dying: Promise<unknown>) => {
    reaper.mourn();
    await stage.restart();
    await dying.catch(() => undefined);
    // Leases run on the database's own clock, and nobody waits half a minute here.
    const expire = `UPDATE outbound_messages SET lease_until = now() - interval '1 s' WHERE status = 'sending'`;
    await stage.db.pool.query(expire);
    // A claim on the token as well, which would stand for a minute and a half of a clock that does not go on by itself.
    await stage.db.pool.query(`UPDATE channel_tokens SET refresh_started_at = refresh_started_at - interval '90 s'`);
  };
  const settle = () => insist(stage.settle);
  const pass = async (days: number) => {
    const until = stage.clock.now().getTime() + days * DAY;
    await insist(() => stage.pass({ seconds: (until - stage.clock.now().getTime()) / 1_000 }));
    await settle();
  };
  return {
    settle,
    pass,
    put: async (path: string, body: unknown) => {
      calls += 1;
      const key = `call-${calls}`;
      await insist(() => put(`${stage.address}${path}`, key, body));
      await settle();
      // Some rounds look once in ten minutes only.
      await pass(1 / 144);
    },
  };
}

/** What the account's owner does when asked to: a refresh token that was spent for an answer nobody heard is gone for good. */
async function connectAgain({ db, address, clock, secretKey }: Stage): Promise<void> {
  const { rowCount } = await db.pool.query(`SELECT 1 FROM channel_tokens WHERE status = 'needs_reauthorisation'`);
  if (rowCount === 0) return;
  const permission = await redirectOf(ticketUrl({ config: { publicUrl: address }, clock, secretKey }));
  const { pathname, search } = new URL(await redirectOf(permission));
  const answer = await fetch(`${address}${pathname}${search}`);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

async function redirectOf(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  return answer.headers.get('location') ?? `no redirect: ${answer.status}`;
}

async function put(url: string, key: string, body: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', 'idempotency-key': key };
  const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** What the providers accepted, person by person. */
function sentTo(stage: Stage, people: Somebody[]) {
  return people.map(({ name, id }) => ({
    name,
    texts: stage.sandbox.ledger.flatMap((one) =>
      one.personId === id ? [`${one.at.toISOString().slice(0, 10)} ${one.text}`] : [],
    ),
  }));
}

/** How a message came to be known as sent differs after a death; that it was does not. */
const LEDGER = `
SELECT c.external_id AS customer, concat_ws(' ', to_char(t.at, 'MM-DD'), t.kind, t.flow, t.step, t.reason, t.text,
  t.data ->> 'journey', t.data ->> 'occurrence', t.data ->> 'state') AS line
FROM touchpoints t LEFT JOIN customers c ON c.id = t.customer_id
WHERE t.kind NOT IN ('message_uncertain', 'message_echoed', 'message_delivered', 'message_read') ORDER BY 1, 2`;
const STEPS = `
SELECT c.external_id AS customer, s.journey, s.step, s.occurrence, s.status, s.reason, to_char(s.due_at, 'MM-DD') AS due
FROM enrolment_steps s JOIN customers c ON c.id = s.customer_id ORDER BY 1, 2, 3, 4, 5, 6, 7`;
const OFFERED = `
SELECT c.external_id AS customer, o.code, o.state, o.reason, to_char(o.sent_at, 'MM-DD') AS sent, to_char(o.answered_at, 'MM-DD') AS answered
FROM offer_issues o JOIN customers c ON c.id = o.customer_id ORDER BY 1, 2, 3, 4, 5, 6`;
const ASKED = `
SELECT c.external_id AS customer, a.metric, a.status, a.score FROM survey_answers a JOIN customers c ON c.id = a.customer_id ORDER BY 1, 2, 3, 4`;
const WORK = `
SELECT 'task' AS what, kind, title AS about, count(*)::int FROM tasks GROUP BY 1, 2, 3
UNION ALL SELECT 'case', kind, reason, count(*)::int FROM cases GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
const OUTBOX = `
SELECT c.external_id AS customer, o.step, o.status IN ('sent', 'delivered', 'read') AS has_left, o.status = 'skipped' AS is_skipped, count(*)::int
FROM outbound_messages o JOIN customers c ON c.id = o.customer_id GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

async function remembered({ db }: Stage) {
  const read = async (sql: string) => (await db.pool.query<Record<string, unknown>>(sql)).rows;
  const ledger = (await db.pool.query<{ customer: string | null; line: string }>(LEDGER)).rows;
  return {
    steps: await read(STEPS),
    offers: await read(OFFERED),
    surveys: await read(ASKED),
    work: await read(WORK),
    outbox: await read(OUTBOX),
    ledger: ledger.map(({ customer, line }) => `${customer}: ${line}`),
  };
}
