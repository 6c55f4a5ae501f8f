// A journey wants to make an offer: may it, to this customer, now? The answer is a row and a line of the ledger, once.
import type pg from 'pg';
import { offerDeadline } from '../flows/catalogue/catalogue-facts.ts';
import { factsScope, holds } from '../flows/condition.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { isHeldOut } from './hold-out.ts';
import { judgeOffer, type KnownIssue } from './judge-offer.ts';
import { lockOffers } from './lock-offers.ts';
import type { OfferBook, OfferDefinition } from './offer-book.ts';
import { offerStateSchema } from './offer-state.ts';
import { makePersonalCode } from './personal-code.ts';

export type ConsiderDeps = {
  offers: OfferBook;
  newId: NewId;
  /** Key of the hash that holds people out. */
  secretKey: Uint8Array;
};

export type OfferCandidate = {
  customerId: string;
  subscriptionId: string | null;
  code: string;
  facts: FlowFacts;
  journey: string;
  enrolmentId: string | null;
  now: Date;
};

/** `offer` is what conditions and texts read. */
export type OfferAnswer =
  | { offer: NonNullable<FlowFacts['offer']>; issueId: string }
  | { skip: string }
  | { heldOut: string };

/** In the caller's transaction. Asked again for the same enrolment it gives the same answer and writes nothing. */
export async function considerOffer(
  deps: ConsiderDeps,
  client: pg.ClientBase,
  candidate: OfferCandidate,
): Promise<OfferAnswer> {
  const { customerId, code, subscriptionId, enrolmentId, now } = candidate;
  const book = deps.offers();
  const definition = book.offer(code);
  if (!definition) return { skip: `Danh mục không có ưu đãi "${code}".` };
  await lockOffers(client, [customerId]);
  const issues = await readIssues(client, customerId, book);
  const facts = { ...candidate.facts, now: now.toISOString() };
  const judged = judgeOffer({
    definition,
    isEligible: holds(definition.eligible, factsScope(facts)),
    isHeldOut: isHeldOut(deps.secretKey, customerId, code, definition.holdOutPercent),
    subscriptionId,
    enrolmentId,
    issues,
    now,
  });
  switch (judged.verdict) {
    case 'skip':
      return { skip: judged.reason };
    case 'held_out':
      return await holdOut(deps, client, candidate, definition, judged.isKnown);
    case 'again':
      return await takeAgain(client, candidate, definition, judged.issueId);
    case 'issue':
      return await issueOffer(deps, client, candidate, definition, offerDeadline(definition, facts));
  }
}

type IssueRow = {
  id: string;
  code: string;
  state: string;
  reason: string | null;
  subscription_id: string | null;
  enrolment_id: string | null;
  run_id: string | null;
  deadline_at: Date | null;
  created_at: Date;
};

const READ = `
SELECT id, code, state, reason, subscription_id, enrolment_id, run_id, deadline_at, coalesce(created_at, sent_at, now()) AS created_at
FROM offer_issues WHERE customer_id = $1 ORDER BY coalesce(created_at, sent_at) DESC NULLS LAST, id DESC`;

export async function readIssues(
  client: pg.ClientBase,
  customerId: string,
  book: ReturnType<OfferBook>,
): Promise<KnownIssue[]> {
  const { rows } = await client.query<IssueRow>({ name: 'read-issues', text: READ, values: [customerId] });
  return rows.map((row) => ({
    id: row.id,
    code: row.code,
    kind: book.offer(row.code)?.kind ?? null,
    state: offerStateSchema.parse(row.state),
    reason: row.reason,
    subscriptionId: row.subscription_id,
    enrolmentId: row.enrolment_id,
    runId: row.run_id,
    deadlineAt: row.deadline_at,
    createdAt: row.created_at,
  }));
}

const INSERT = `
INSERT INTO offer_issues (id, code, customer_id, subscription_id, state, reason, benefit, gift, price, deadline_at,
  personal_code, journey, enrolment_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

type NewIssue = { state: 'eligible' | 'held_out'; reason: string | null; deadlineAt: Date | null; personal: boolean };

async function insertIssue(
  { newId }: ConsiderDeps,
  client: pg.ClientBase,
  candidate: OfferCandidate,
  definition: OfferDefinition,
  { state, reason, deadlineAt, personal }: NewIssue,
): Promise<{ id: string; personalCode: string | null }> {
  const { customerId, subscriptionId, code, journey, enrolmentId, now } = candidate;
  const id = newId();
  const personalCode = personal ? await freePersonalCode(client, code, id) : null;
  const { benefit, gift, price } = definition;
  await client.query(INSERT, [
    ...[id, code, customerId, subscriptionId, state, reason, benefit, gift, price, deadlineAt],
    ...[personalCode, journey, enrolmentId, now],
  ]);
  const kind = state === 'eligible' ? 'offer_eligible' : 'offer_held_out';
  const data = { code, journey, issueId: id, ...(personalCode === null ? {} : { personalCode }) };
  await writeTouchpoints(client, [{ at: now, kind, customerId, reason, data }]);
  return { id, personalCode };
}

async function issueOffer(
  deps: ConsiderDeps,
  client: pg.ClientBase,
  candidate: OfferCandidate,
  definition: OfferDefinition,
  deadlineAt: Date | null,
): Promise<OfferAnswer> {
  const row = { state: 'eligible' as const, reason: null, deadlineAt, personal: definition.hasPersonalCode };
  const { id, personalCode } = await insertIssue(deps, client, candidate, definition, row);
  return answerOf(definition, { id, personalCode, deadlineAt });
}

async function holdOut(
  deps: ConsiderDeps,
  client: pg.ClientBase,
  candidate: OfferCandidate,
  definition: OfferDefinition,
  isKnown: boolean,
): Promise<OfferAnswer> {
  const reason = `Khách thuộc nhóm đối chứng ${definition.holdOutPercent} % của ưu đãi ${definition.code}.`;
  if (!isKnown) {
    await insertIssue(deps, client, candidate, definition, {
      state: 'held_out',
      reason,
      deadlineAt: null,
      personal: false,
    });
  }
  return { heldOut: reason };
}

/** What had not left is offered for the new occasion; what the customer has seen stays as it is. */
const TAKE_AGAIN = `
UPDATE offer_issues SET
  journey = CASE WHEN state = 'eligible' THEN $2 ELSE journey END,
  enrolment_id = CASE WHEN state = 'eligible' THEN $3::uuid ELSE enrolment_id END
WHERE id = $1 RETURNING personal_code, deadline_at`;

async function takeAgain(
  client: pg.ClientBase,
  { journey, enrolmentId }: OfferCandidate,
  definition: OfferDefinition,
  id: string,
): Promise<OfferAnswer> {
  type Row = { personal_code: string | null; deadline_at: Date | null };
  const { rows } = await client.query<Row>(TAKE_AGAIN, [id, journey, enrolmentId]);
  return answerOf(definition, {
    id,
    personalCode: rows[0]?.personal_code ?? null,
    deadlineAt: rows[0]?.deadline_at ?? null,
  });
}

function answerOf(
  { code, benefit, gift, price }: OfferDefinition,
  issue: { id: string; personalCode: string | null; deadlineAt: Date | null },
): OfferAnswer {
  const deadline = issue.deadlineAt?.toISOString() ?? null;
  return { offer: { code, personal_code: issue.personalCode, benefit, price, gift, deadline }, issueId: issue.id };
}

const MOST_TRIES = 20;

/** One that nobody carries yet. Two processes cannot find the same one: who looks for one holds the name. */
async function freePersonalCode(client: pg.ClientBase, code: string, issueId: string): Promise<string> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', ['personal-code']);
  const tries = Array.from({ length: MOST_TRIES }, (_, attempt) => makePersonalCode(code, issueId, attempt));
  const { rows } = await client.query<{ personal_code: string }>(
    'SELECT personal_code FROM offer_issues WHERE personal_code = ANY($1)',
    [tries],
  );
  const taken = new Set(rows.map((row) => row.personal_code));
  const free = tries.find((one) => !taken.has(one));
  if (free === undefined) throw new Error(`No free personal code for ${code} in ${MOST_TRIES} tries.`);
  return free;
}
