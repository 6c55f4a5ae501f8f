// What webhooks brought, as rows: one for each thing that happened, whoever repeats it.
import { describe, expect, test } from 'vitest';
import type { InboundEvent } from '../../src/channels/inbound-event-schema.ts';
import { hashEvent, joinProviderId, sha256 } from '../../src/channels/messenger/provider-id.ts';
import { hashBytesId, identityIdOf } from '../../src/ids.ts';
import { rowsOf } from '../../src/inbound/delivery-rows.ts';
import { eventIdOf } from '../../src/inbound/event-id.ts';
import { safeJson } from '../../src/inbound/safe-json.ts';
import { RECEIVED_AT as at, delivery, event } from './a-delivery.ts';

const later = new Date('2026-11-23T03:05:00Z');

describe('the id of an event', () => {
  test.each<[string, Partial<InboundEvent>]>([
    ['channel', { channel: 'messenger' }],
    ['account', { accountId: '112' }],
    ['person', { peerId: '223' }],
    ['nobody', { peerId: null }],
    ['kind of event', { providerEvent: 'user_send_image' }],
    ["provider's id", { providerId: 'm-2' }],
  ])('changes with its %s', (_name, changes) => {
    expect(eventIdOf(event(changes))).not.toBe(eventIdOf(event()));
  });

  test('does not change with when it came, nor with what we read in it', () => {
    const again = event({ occurredAt: later, body: { kind: 'follow' }, standby: true, opensWindow: false });
    expect(eventIdOf(again)).toBe(eventIdOf(event()));
  });

  test('is one that is already stored', () => {
    expect(eventIdOf(event())).toBe('56cefc09-2542-814e-b46b-05a131eaa577');
    expect(eventIdOf(event({ peerId: null }))).toBe('ac8cb60d-2f1f-8bf3-913f-e1ace66b7834');
  });
});

describe('rows', () => {
  test('one for each event, the first that told it, in the order of ids; n keeps the order of arrival', () => {
    const events = Array.from({ length: 20 }, (_, n) => event({ providerId: `m-${n}` }));
    const rows = rowsOf([delivery('a', events), delivery('b', [event({ providerId: 'm-3' })], later)]);
    const [a, b] = ['a', 'b'].map((raw) => hashBytesId(Buffer.from(raw)));
    expect(rows.deliveries.map(({ id }) => id)).toEqual([b, a]);
    expect(rows.events).toHaveLength(20);
    const ids = rows.events.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    const arrived = rows.events.toSorted((a, b) => a.n - b.n);
    expect(arrived.map(({ n }) => n)).toEqual(events.map((_, n) => n));
    expect(arrived.map(({ id }) => id)).toEqual(events.map(eventIdOf));
    expect(rows.events.every(({ delivery_id }) => delivery_id === a)).toBe(true);
  });

  test('hold what was read, and whose it is', () => {
    const [row] = rowsOf([delivery('a', [event()], later)]).events;
    expect(row).toMatchObject({
      n: 0,
      channel: 'zalo',
      account_id: '111',
      peer_id: '222',
      identity_id: identityIdOf('zalo', '111', '222'),
      kind: 'message',
      provider_event: 'user_send_text',
      occurred_at: at,
      received_at: later,
    });
    expect(JSON.parse(String(row?.payload))).toEqual({ ...event().body, opensWindow: true, standby: false });
    expect(row?.body).toMatchObject({ kind: 'message', text: 'chào', opensWindow: true, standby: false });
  });

  test('about nobody have no person', () => {
    const [row] = rowsOf([delivery('a', [event({ peerId: null })])]).events;
    expect(row).toMatchObject({ peer_id: null, identity_id: null });
  });

  test('hold nothing that PostgreSQL refuses, in words nor in names', () => {
    const body = { kind: 'message' as const, messageId: 'm-1', text: 'a\0b\ud800', attachments: [] };
    const [row] = rowsOf([
      delivery('a', [event({ accountId: '1\u00001', peerId: '2\u00002', providerEvent: 'x\0', body })]),
    ]).events;
    expect(row).toMatchObject({ account_id: '11', peer_id: '22', provider_event: 'x' });
    expect(row?.body).toMatchObject({ text: 'ab\ufffd' });
    expect(JSON.parse(String(row?.payload))).toMatchObject({ text: 'ab\ufffd' });
  });
});

test('a name is kept as it was written, whichever way its letters are put together', () => {
  const peerId = 'e\u0301';
  expect(rowsOf([delivery('a', [event({ peerId })])]).events[0]?.peer_id).toBe(peerId);
});

describe('JSON for PostgreSQL', () => {
  test.each([{ a: 'Đặt lịch \\ud' }, { a: ['ố', 1, null, true] }])('%j stays as it is', (value) => {
    expect(safeJson(value)).toEqual({ text: JSON.stringify(value), isClean: true });
  });

  test.each([
    [{ 'k\0': ['a\0', { b: 'c\udc00' }], n: 1, no: null }, '{"k":["a",{"b":"c\ufffd"}],"n":1,"no":null}'],
    ['\ud8ab', '"\ufffd"'],
    ['\udFFF', '"\ufffd"'],
  ])('%j is cleaned down to its last word', (value, text) => {
    expect(safeJson(value)).toEqual({ text, isClean: false });
  });
});

describe("Messenger's ids", () => {
  test('join with a bar, with a gap for what is missing', () => {
    expect(joinProviderId('m', 1, null, undefined, 0)).toBe('m|1|||0');
  });

  test('are hashed only when an index could not hold them', () => {
    const [longest, longer] = ['x'.repeat(250), 'x'.repeat(251)];
    expect(joinProviderId(longest)).toBe(longest);
    expect(joinProviderId(longer)).toBe(sha256(longer));
  });

  test('of events without one depend on what is in them, not on the order of fields', () => {
    const id = hashEvent('p', { a: 1, b: { c: [1, 2], d: null } });
    expect(hashEvent('p', { b: { d: null, c: [1, 2] }, a: 1 })).toBe(id);
    for (const other of [
      { a: 2, b: { c: [1, 2], d: null } },
      { a: 1, b: { c: [2, 1], d: null } },
    ])
      expect(hashEvent('p', other)).not.toBe(id);
    expect(hashEvent('q', { a: 1, b: { c: [1, 2], d: null } })).not.toBe(id);
    expect(id).toBe(sha256('p\n{"a":1,"b":{"c":[1,2],"d":null}}'));
    expect(hashEvent('p', undefined)).toBe(sha256('p\n'));
  });
});
