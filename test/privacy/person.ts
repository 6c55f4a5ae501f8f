// Somebody about whom every table knows something, and the question whether anything of them is left.
import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/database.ts';
import { conversationIdOf, identityIdOf } from '../../src/inbound/event-id.ts';

export const AT = new Date('2026-11-22T03:00:00Z');

export type Person = {
  customerId: string;
  externalId: string;
  name: string;
  phone: string;
  email: string;
  peerId: string;
  identityId: string;
  secretWord: string;
};

/** Everything by which this person could be found again. */
export function needlesOf(person: Person): string[] {
  const { customerId: _, ...needles } = person;
  return Object.values(needles);
}

export async function seedPerson(db: Database, tag: string): Promise<Person> {
  const n = [...tag].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000, 7);
  const peerId = `99887766${String(n).padStart(6, '0')}`;
  const person: Person = {
    customerId: randomUUID(),
    externalId: `kh-${tag}-x`,
    name: `Nguyễn Thị Chim ${tag}`,
    phone: `8491${String(n).padStart(7, '0')}`,
    email: `chim.${tag}@khach.example`,
    peerId,
    identityId: identityIdOf('zalo', 'oa', peerId),
    secretWord: `BÍMẬT-${tag}`,
  };
  await seedRows(db, person);
  return person;
}

async function seedRows(db: Database, p: Person): Promise<void> {
  const [event, delivery, sub, order, out, issue, imported, endpoint, outgoing] = Array.from({ length: 9 }, () =>
    randomUUID(),
  );
  const conversation = conversationIdOf(p.identityId);
  const words = JSON.stringify({ text: p.secretWord, phone: p.phone });
  const run = (sql: string, ...values: unknown[]) => db.pool.query(sql, values);
  await run(
    `INSERT INTO customers (id, external_id, name, phone, email, attributes, created_at, updated_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$7)`,
    p.customerId,
    p.externalId,
    p.name,
    p.phone,
    p.email,
    JSON.stringify({ note: p.secretWord }),
    AT,
  );
  await run(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, display_name, created_at) VALUES ($1,'zalo','oa',$2,$3,$4,$5)`,
    p.identityId,
    p.peerId,
    p.customerId,
    p.name,
    AT,
  );
  await run(
    `INSERT INTO conversations (id, identity_id, customer_id, state, snapshot, created_at, updated_at) VALUES ($1,$2,$3,'bot',$4,$5,$5)`,
    conversation,
    p.identityId,
    p.customerId,
    words,
    AT,
  );
  await run(
    `INSERT INTO webhook_deliveries VALUES ($1,'zalo','oa',$2,$3)`,
    delivery,
    Buffer.from(`${p.peerId} ${p.secretWord}`),
    AT,
  );
  await run(
    `INSERT INTO inbound_events VALUES ($1,$2,'zalo','oa',$3,'message','user_send_text',$4,$4,$5)`,
    event,
    delivery,
    p.identityId,
    AT,
    words,
  );
  await run(
    `INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at, reason) VALUES ($1,$2,$3,$3,$4)`,
    event,
    p.identityId,
    AT,
    p.secretWord,
  );
  await run(
    `INSERT INTO media VALUES ($1,$2,$3,'image',$4,'stored',1,$5,$6,'image/png',4,NULL,$5,$5)`,
    randomUUID(),
    event,
    p.identityId,
    `https://x/${p.peerId}`,
    AT,
    `2026-11/${p.customerId}.png`,
  );
  await run(
    `INSERT INTO timers VALUES ($1,$2,$3,$4,$5,$6)`,
    randomUUID(),
    conversation,
    p.identityId,
    randomUUID(),
    'k',
    AT,
  );
  await run(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status, available_at, created_at, fallback)
     VALUES ($1,$2,$3,$4,'zalo','oa',$5,'care','flow','queued',$6,$6,$5)`,
    out,
    conversation,
    p.identityId,
    p.customerId,
    words,
    AT,
  );
  await run(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, reason, inbound_event_id, data) VALUES ($1,'message_in',$2,$3,'zalo',$4,$4,$5,$6)`,
    AT,
    p.customerId,
    conversation,
    p.secretWord,
    event,
    words,
  );
  await run(
    `INSERT INTO touchpoints (at, kind, customer_id, data) VALUES ($1,'survey_answered',$2,$3)`,
    AT,
    p.customerId,
    JSON.stringify({ metric: 'csat', score: 5, comment: p.secretWord }),
  );
  await run(
    `INSERT INTO subscriptions (id, external_id, customer_id, product, plan, value, status, created_at, updated_at) VALUES ($1,$2,$3,'spa','pro',1000,'active',$4,$4)`,
    sub,
    `${p.externalId}-sub`,
    p.customerId,
    AT,
  );
  await run(
    `INSERT INTO subscription_changes VALUES ($1,$2,$3,'renewed',$4,$4,$5)`,
    randomUUID(),
    sub,
    p.customerId,
    JSON.stringify({ plan: 'pro', externalId: `${p.externalId}-sub` }),
    AT,
  );
  await run(
    `INSERT INTO orders (id, external_id, customer_id, kind, amount, items, at, created_at) VALUES ($1,$2,$3,'order',250000,$4,$5,$5)`,
    order,
    `${p.externalId}-order`,
    p.customerId,
    JSON.stringify([{ note: p.secretWord }]),
    AT,
  );
  await run(`INSERT INTO usage_counters VALUES ($1,'appointments',3,$2)`, p.customerId, AT);
  await run(`INSERT INTO usage_months VALUES ($1,'appointments','2026-11-01',3,1,3,$2)`, p.customerId, AT);
  await run(`INSERT INTO usage_events VALUES ($1,$2,'appointments',3,$3)`, `${p.externalId}-u`, p.customerId, AT);
  await run(
    `INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, score, comment, asked_at) VALUES ($1,$2,$3,$4,'f','s','csat','answered',5,$5,$6)`,
    randomUUID(),
    p.customerId,
    conversation,
    randomUUID(),
    p.secretWord,
    AT,
  );
  await run(
    `INSERT INTO offer_issues (id, code, customer_id, conversation_id, state, reason, personal_code) VALUES ($1,'X',$2,$3,'declined',$4,$5)`,
    issue,
    p.customerId,
    conversation,
    p.secretWord,
    `X-${p.externalId}`,
  );
  await run(
    `INSERT INTO cases (id, customer_id, conversation_id, reason, status, detail, opened_at, due_at) VALUES ($1,$2,$3,$4,'open',$5,$6,$6)`,
    randomUUID(),
    p.customerId,
    conversation,
    p.secretWord,
    words,
    AT,
  );
  await run(
    `INSERT INTO tasks (id, customer_id, kind, title, detail, status, due_at, created_at) VALUES ($1,$2,'other',$3,$4,'open',$5,$5)`,
    randomUUID(),
    p.customerId,
    `Gọi ${p.name}`,
    words,
    AT,
  );
  await run(
    `INSERT INTO training_bookings VALUES ($1,$2,$3,$4,$5,60,NULL,$5)`,
    randomUUID(),
    p.customerId,
    conversation,
    p.secretWord,
    AT,
  );
  await run(
    `INSERT INTO consents VALUES ($1,$2,'advertising','*',true,'form',$3,$4)`,
    randomUUID(),
    p.customerId,
    p.secretWord,
    AT,
  );
  await run(
    `INSERT INTO journey_signals (customer_id, kind, at, data) VALUES ($1,'remembered',$2,$3)`,
    p.customerId,
    AT,
    words,
  );
  await run('INSERT INTO failed_plans VALUES ($1, 1, $2)', p.customerId, AT);
  await run(`INSERT INTO segment_members VALUES ($1,'win-back',$1,$2)`, p.customerId, AT);
  await run(
    `INSERT INTO customer_merges (id, staying_id, going_id, merged_by, kept, at) VALUES ($1,$2,$3,'link',$4,$5)`,
    randomUUID(),
    p.customerId,
    randomUUID(),
    words,
    AT,
  );
  await run(
    `INSERT INTO idempotent_requests VALUES ($1,'h',200,$2,$3)`,
    `put-${p.externalId}`,
    JSON.stringify({ id: p.customerId, phone: p.phone }),
    AT,
  );
  await run(
    `INSERT INTO audit_entries (at, actor, action, object_kind, object_id, customer_id, data) VALUES ($1,'api_key:crm','PUT /customers/:externalId','customers',$2,$3,'{}')`,
    AT,
    p.externalId,
    p.customerId,
  );
  await run(
    `INSERT INTO imports (id, kind, file_name, path, mapping, is_dry_run, status, created_by, created_at, finished_at) VALUES ($1,'customers','kh.csv',$2,'{}',false,'done','api_key:crm',$3,$3)`,
    imported,
    `${imported}.csv`,
    AT,
  );
  await run(`INSERT INTO import_rows VALUES ($1,2,$2,'created',$3,$3,$3)`, imported, p.externalId, words);
  await run(
    `INSERT INTO outgoing_events VALUES ($1,'customer.opted_out',$2,$3,$4,NULL)`,
    outgoing,
    p.customerId,
    words,
    AT,
  );
  await run(
    `INSERT INTO outgoing_deliveries (id, event_id, endpoint_id, status, next_attempt_at, last_error) VALUES ($1,$2,$3,'waiting',$4,$5)`,
    randomUUID(),
    outgoing,
    endpoint,
    AT,
    p.secretWord,
  );
  await run(
    `INSERT INTO privacy_requests (id, customer_id, kind, source, detail, status, received_at, answer_due_at, act_due_at) VALUES ($1,$2,'delete','api',$3,'received',$4,$4,$4)`,
    randomUUID(),
    p.customerId,
    p.secretWord,
    AT,
  );
  const staff = randomUUID();
  await run(
    `INSERT INTO notes VALUES ($1,$2,$3,$4,$5,'{}',$6)`,
    randomUUID(),
    conversation,
    p.customerId,
    staff,
    p.secretWord,
    AT,
  );
  await run(`INSERT INTO drafts VALUES ($1,$2,$3,$4)`, staff, conversation, p.secretWord, AT);
  await run(`INSERT INTO presences VALUES ($1,$2,true,$3)`, conversation, staff, AT);
}

/** Tables (and raw bodies) in which one of these texts still stands. */
export async function tablesWith(db: Database, needles: readonly string[]): Promise<string[]> {
  const { rows } = await db.pool.query<{ table_name: string }>(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
       AND NOT (SELECT relispartition FROM pg_class WHERE oid = to_regclass(table_name))`,
  );
  const found: string[] = [];
  for (const { table_name: table } of rows) {
    const text = table === 'webhook_deliveries' ? `t::text || convert_from(raw, 'UTF8')` : 't::text';
    const hit = await db.pool.query(
      `SELECT 1 FROM ${table} t WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) n WHERE position(n IN ${text}) > 0) LIMIT 1`,
      [needles],
    );
    if (hit.rowCount) found.push(table);
  }
  return found.sort();
}
