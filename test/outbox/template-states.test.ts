// What Zalo says about templates reaches the ladder: newer words win, quality alone changes no approval.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseWebhook } from '../../src/channels/messenger/parse-webhook.ts';
import { parseZaloWebhook } from '../../src/channels/zalo/parse-webhook.ts';
import type { ApprovedTemplate, TemplateRegistry } from '../../src/flows/approved-template.ts';
import { applyTemplateNews, readApprovals } from '../../src/outbox/template-states.ts';
import { createTestDatabase } from '../test-database.ts';

const template: ApprovedTemplate = {
  id: 'nhac',
  channel: 'zalo',
  via: 'zbs',
  providerId: '31239',
  approval: 'pending',
  price: 300,
  language: 'vi',
  parameters: {},
  text: 'Chào.',
};
const registry: TemplateRegistry = new Map([
  ['nhac', template],
  ['nhac-zns', { ...template, id: 'nhac-zns', via: 'zns' }],
  ['khac', { ...template, id: 'khac', providerId: '1' }],
]);
const NOW = new Date('2026-11-23T03:00:00Z');

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  await db.pool.query('TRUNCATE template_states');
});
afterAll(async () => {
  await db.close();
});

function told(file: string, change: Record<string, unknown> = {}, oaId = String(payload(file).oa_id)) {
  const raw = Buffer.from(JSON.stringify({ ...payload(file), ...change }));
  const parsed = parseZaloWebhook({ oaId }, raw, {}, NOW);
  return parsed.ok ? parsed.events : [];
}

function payload(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../payloads/zalo/${file}.json`, import.meta.url), 'utf8'));
}

const status = (name: string, at: number) =>
  told('change_template_status', { status: { new_status: name }, timestamp: String(at) });

test('every template of ours with that id, and no other', async () => {
  await applyTemplateNews(db, registry, told('change_template_status'));
  expect(await readApprovals(db.pool)).toEqual(
    new Map([
      ['nhac', 'approved'],
      ['nhac-zns', 'approved'],
    ]),
  );
});

test('a template that the catalogue does not know is kept under its own id', async () => {
  await applyTemplateNews(db, new Map(), told('change_template_status'));
  expect(await readApprovals(db.pool)).toEqual(new Map([['31239', 'approved']]));
});

test.each([
  ['ENABLE', 'approved'],
  ['PENDING_REVIEW', 'pending'],
  ['REJECT', 'rejected'],
  ['DISABLE', 'disabled'],
  ['DELETE', 'disabled'],
])('%s is %s', async (name, approval) => {
  await applyTemplateNews(db, registry, status(name, NOW.getTime()));
  expect((await readApprovals(db.pool)).get('nhac')).toBe(approval);
});

test('an older word that arrives late changes nothing; quality alone changes no approval', async () => {
  await applyTemplateNews(db, registry, status('DISABLE', NOW.getTime()));
  await applyTemplateNews(db, registry, status('ENABLE', NOW.getTime() - 60_000));
  await applyTemplateNews(
    db,
    registry,
    told('change_template_quality.constructed', { timestamp: String(NOW.getTime() + 1_000), quality: 'LOW' }),
  );
  const { rows } = await db.pool.query(`SELECT approval, quality FROM template_states WHERE template = 'nhac'`);
  expect(rows).toEqual([{ approval: 'disabled', quality: 'LOW' }]);
});

test('what is said of another account, or without an id, is nothing to us', async () => {
  await applyTemplateNews(db, registry, told('change_template_status', {}, 'another-oa'));
  await applyTemplateNews(db, registry, told('change_template_status', { template_id: undefined }));
  expect(await readApprovals(db.pool)).toEqual(new Map());
});

test('Meta names a template and its language: the one in that language follows, also when it is approved again', async () => {
  const utility: ApprovedTemplate = { ...template, channel: 'messenger', via: 'utility', providerId: 'order_update' };
  const both: TemplateRegistry = new Map([
    ['don-hang', { ...utility, id: 'don-hang' }],
    ['order', { ...utility, id: 'order', language: 'en' }],
  ]);
  const tell = async (event: string, language: string, second: number) => {
    const value = { event, message_template_name: 'order_update', message_template_language: language, reason: 'x' };
    const change = { field: 'message_template_status_update', value };
    const body = { object: 'page', entry: [{ id: '1', time: 1_795_400_000 + second, changes: [change] }] };
    const parsed = parseWebhook({ pageId: '1', appId: '2' }, Buffer.from(JSON.stringify(body)), NOW);
    if (parsed.ok) await applyTemplateNews(db, both, parsed.events);
    return Object.fromEntries(await readApprovals(db.pool));
  };
  expect(await tell('REJECTED', 'en_US', 1)).toEqual({ order: 'rejected' });
  expect(await tell('APPROVED', 'vi', 2)).toEqual({ order: 'rejected', 'don-hang': 'approved' });
  expect(await tell('DISABLED', 'vi_VN', 3)).toEqual({ order: 'rejected', 'don-hang': 'disabled' });
  expect(await tell('SOMETHING_NEW', 'vi', 4)).toEqual({ order: 'rejected', 'don-hang': 'disabled' });
  expect(await tell('REJECTED', 'fr', 5)).toEqual({ order: 'rejected', 'don-hang': 'disabled' });
});
