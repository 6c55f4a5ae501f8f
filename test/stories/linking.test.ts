// A customer of the CRM becomes the person who chats: by a number that is theirs alone, a link or a code given to them;
// never by a guess.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, CHANNELS, conversationOf, ledgerOf, must, said, welcomed } from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => {
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

let made = 0;
async function buyer(fields: object = {}): Promise<string> {
  made += 1;
  const id = `crm-${made}`;
  await must(stage, 'PUT', `/api/v1/customers/${id}`, { name: `Khách ${made}`, ...fields });
  return id;
}
const freshPhone = () => `09${String(12_000_000 + made)}`;
const links = (customer: string, days?: number) =>
  must(stage, 'POST', `/api/v1/customers/${customer}/links`, days === undefined ? undefined : { days });
const refOf = (answer: Record<string, unknown>) => new URL(Object(answer.messenger).url).searchParams.get('ref') ?? '';
/** Whom somebody on a channel is: an external id, or null for a stranger. */
async function whoIs(person: { id: string }): Promise<string | null> {
  const { rows } = await stage.db.pool.query<{ who: string | null }>(
    'SELECT c.external_id AS who FROM channel_identities i JOIN customers c ON c.id = i.customer_id WHERE i.external_id = $1',
    [person.id],
  );
  return rows[0]?.who ?? null;
}
async function reasonsOf(person: { id: string }): Promise<(string | null)[]> {
  const { rows } = await stage.db.pool.query<{ reason: string | null }>(
    `SELECT t.reason FROM touchpoints t JOIN channel_identities i ON i.customer_id = t.customer_id
     WHERE i.external_id = $1 AND t.data ->> 'name' = 'identity_link' ORDER BY t.id`,
    [person.id],
  );
  return rows.map((row) => row.reason);
}
const openTasks = async () => {
  const { items } = await must(stage, 'GET', '/api/v1/tasks?status=open&kind=check_identity');
  return Array.isArray(items) ? items : [];
};

describe('a phone number', () => {
  const share = async (person: { id: string }, phone: string) => {
    stage.sandbox.submitInfo(person, { name: 'Lan', phone });
    await stage.settle();
    await stage.pass({ seconds: 2 });
  };

  test('that one known customer has makes the chatter that customer, with all that was said', async () => {
    const phone = freshPhone();
    const customer = await buyer({ phone, formOfAddress: 'chị' });
    const person = await welcomed(stage, 'zalo');
    await share(person, phone.replace(/^0/, '84'));
    expect(await whoIs(person)).toBe(customer);
    expect(await conversationOf(stage, customer)).toMatchObject({ channel: 'zalo', peerId: person.id });
    const linked = await ledgerOf(stage, customer, 'identity_linked', 'customers_merged');
    expect(linked.map((line) => line.kind)).toEqual(['customers_merged', 'identity_linked']);
    expect(linked[1]?.data).toMatchObject({ by: 'phone' });
    const merges = await must(stage, 'GET', `/api/v1/customers/${customer}/merges`);
    expect(merges.items).toMatchObject([{ by: 'identity_link:phone' }]);
  });

  test('that two customers have is looked at by staff, once', async () => {
    const phone = freshPhone();
    const both = [await buyer({ phone }), await buyer({ phone })];
    const person = await welcomed(stage, 'zalo');
    const before = (await openTasks()).length;
    await share(person, phone);
    await share(person, phone);
    expect(await whoIs(person)).toBeNull();
    const tasks = await openTasks();
    expect(tasks).toHaveLength(before + 1);
    expect(tasks.at(-1).title).toContain(both.join(', '));
  });

  test('of another customer, given by one who is known already, is a dispute too', async () => {
    const person = await welcomed(stage, 'zalo');
    const own = await buyer({ identities: { zalo: person.id } });
    const phone = freshPhone();
    await buyer({ phone });
    const before = (await openTasks()).length;
    await share(person, phone);
    expect(await whoIs(person)).toBe(own);
    expect(await openTasks()).toHaveLength(before + 1);
  });

  test('that nobody has changes nothing', async () => {
    const person = await welcomed(stage, 'zalo');
    const before = (await openTasks()).length;
    await share(person, '0987654321');
    expect(await whoIs(person)).toBeNull();
    expect(await openTasks()).toHaveLength(before);
  });
});

describe('a link', () => {
  const open = async (person: { id: string }, ref: string) => {
    stage.sandbox.openChat(person, ref);
    await stage.settle();
    await stage.pass({ seconds: 2 });
  };
  const stranger = () => stage.sandbox.createPerson({ channel: 'messenger', name: 'Trần Thị Mai' });

  test('of Messenger makes whoever opens it first the customer, once', async () => {
    const customer = await buyer();
    const ref = refOf(await links(customer));
    const [person, thief] = [stranger(), stranger()];
    await open(person, ref);
    expect(await whoIs(person)).toBe(customer);
    expect(await ledgerOf(stage, customer, 'identity_linked')).toMatchObject([{ data: { by: 'ref' } }]);
    await open(person, ref);
    await open(thief, ref);
    expect(await whoIs(thief)).toBeNull();
    expect(await reasonsOf(thief)).toEqual(['Mã liên kết đã được người khác dùng.']);
    expect(await ledgerOf(stage, customer, 'identity_linked')).toHaveLength(1);
  });

  test('that is forged or over is nothing, with the reason in the ledger', async () => {
    const ref = refOf(await links(await buyer(), 1));
    const person = stranger();
    await open(person, `${ref.slice(0, 10)}${ref[10] === 'A' ? 'B' : 'A'}${ref.slice(11)}`);
    await stage.pass({ days: 1 });
    await open(person, ref);
    await open(person, 'summer-sale');
    expect(await whoIs(person)).toBeNull();
    expect(await reasonsOf(person)).toEqual(['Mã liên kết không phải do chương trình cấp.', 'Mã liên kết đã hết hạn.']);
  });

  test('does not take a person away from the customer they are', async () => {
    const person = stranger();
    await open(person, 'hello');
    const own = await buyer({ identities: { messenger: person.id } });
    await open(person, refOf(await links(await buyer())));
    expect(await whoIs(person)).toBe(own);
    expect(await reasonsOf(person)).toEqual(['Kênh này đã thuộc về một khách khác.']);
  });
});

test.each(CHANNELS)('a code typed on %s is thanked for, and makes the person the customer', async (channel) => {
  const customer = await buyer();
  const { words, code } = await links(customer);
  const person = await welcomed(stage, channel);
  const [answer, ...more] = await afterWriting(stage, person, String(words).toLowerCase());
  expect(answer?.text).toContain('đã nhận mã liên kết');
  expect(more).toEqual([]);
  await stage.pass({ seconds: 2 });
  expect(await whoIs(person)).toBe(customer);
  const other = await welcomed(stage, channel);
  await afterWriting(stage, other, String(code));
  await afterWriting(stage, other, 'GB-0000-0000');
  await stage.pass({ seconds: 2 });
  expect(await whoIs(other)).toBeNull();
  expect(await reasonsOf(other)).toEqual([
    'Mã liên kết đã được người khác dùng.',
    'Mã liên kết không phải do chương trình cấp.',
  ]);
  expect(said(stage, person).length).toBeGreaterThan(0);
});
