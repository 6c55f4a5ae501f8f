// Ids are made from what happened: the same thing has the same id for ever, so each is told here to the letter.
import { expect, test } from 'vitest';
import { createManualClock } from '../src/clock.ts';
import { conversationIdOf, createIdMaker, hashBytesId, hashId, identityIdOf } from '../src/ids.ts';

const at = new Date('2026-11-21T03:00:00.123Z');

test('parts that read alike when they are joined are different things', () => {
  expect(hashId('ab', 'c')).not.toBe(hashId('a', 'bc'));
  expect(hashId('a', '')).not.toBe(hashId('a'));
  expect(hashId('1:a')).not.toBe(hashId('1', 'a'));
});

test('ids that rows are already known by', () => {
  expect(hashId('event', 'zalo')).toBe('8aa824e5-5f75-879f-9e47-2fd4be503f06');
  expect(hashBytesId(Buffer.from('{"a":1}'))).toBe('015abd7f-5cc5-8a2d-994b-7590f04ad808');
  expect(identityIdOf('zalo', 'oa', '222')).toBe('0e50c1c2-0ae2-862e-b67d-27f02b310bfb');
  expect(conversationIdOf('0e50c1c2-0ae2-862e-b67d-27f02b310bfb')).toBe('1aa74729-6c52-87c5-bb27-f3c11627a5dc');
});

test('every id made from a digest is a UUID of version 8', () => {
  for (let n = 0; n < 200; n += 1)
    expect(hashId(String(n))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('new ids carry their time, version 7 and as much chance as is left', () => {
  const newId = createIdMaker(createManualClock(at), (bytes) => bytes.fill(0xff));
  expect(newId()).toBe(
    `${at
      .getTime()
      .toString(16)
      .padStart(12, '0')
      .replace(/^(.{8})/, '$1-')}-7fff-bfff-ffffffffffff`,
  );
});

test('chance is fetched for many ids at once and never used twice', () => {
  let fetched = 0;
  const newId = createIdMaker(createManualClock(at), (bytes) => {
    fetched += 1;
    for (let n = 0; n < bytes.length; n += 1) bytes[n] = (n >> 4) + 7 * fetched + n;
  });
  const ids = Array.from({ length: 600 }, newId);
  expect(fetched).toBe(3);
  expect(new Set(ids.slice(0, 256)).size).toBe(256);
  expect(ids[256]).not.toBe(ids[255]);
});
