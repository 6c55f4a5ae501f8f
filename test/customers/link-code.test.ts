// Signed references and typed codes: what is not exactly ours, whole and in time, is nothing.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { codeOf, findCode, makeRef, nameOfCode, readRef } from '../../src/customers/link-code.ts';

const key = Buffer.alloc(32, 1);
const now = new Date('2026-11-21T03:00:00Z');
const content = {
  customerId: '0190b1f8-93a5-7abc-8def-0123456789ab',
  expiresAt: new Date('2026-11-28T03:00:00Z'),
  nonce: Buffer.from('0102030405', 'hex'),
};
const ref = makeRef(key, content);

describe('a reference', () => {
  it('reads as it was made, in letters that Messenger passes on', () => {
    expect(ref).toMatch(/^[\w=-]{20,200}$/);
    expect(readRef(key, ref, now)).toEqual({ ok: true, content });
  });

  it.each([
    { what: 'another key', read: () => readRef(Buffer.alloc(32, 2), ref, now), reason: 'forged' },
    { what: 'its last second', read: () => readRef(key, ref, content.expiresAt), reason: 'expired' },
    { what: 'a part of it', read: () => readRef(key, ref.slice(0, -4), now), reason: 'forged' },
    { what: 'nothing behind the mark', read: () => readRef(key, 'gb-', now), reason: 'forged' },
  ])('is refused: $what', ({ read, reason }) => {
    expect(read()).toEqual({ ok: false, reason });
  });

  it.each(['', 'summer-sale', 'GB-7K2Q-M3XP'])('of others is none of ours: "%s"', (text) => {
    expect(readRef(key, text, now)).toBeNull();
  });

  test.prop([fc.integer({ min: 3, max: ref.length - 1 }), fc.constantFrom(...'ABCabc019-_')])(
    'changed in any place is another',
    (place, letter) => {
      const changed = ref.slice(0, place) + letter + ref.slice(place + 1);
      const read = readRef(key, changed, now);
      // The last letter may carry bits that mean nothing.
      if (read?.ok) expect(Buffer.from(changed.slice(3), 'base64url')).toEqual(Buffer.from(ref.slice(3), 'base64url'));
    },
  );

  test.prop([fc.string()])('whatever is behind the mark, nothing breaks', (text) => {
    expect(readRef(key, `gb-${text}`, now)?.ok).toBe(false);
  });
});

describe('a code', () => {
  it.each(['GB-40G2-081G', 'mã liên kết gb-40g2-081g', 'Mã: GB-4OG2-O8IG!', 'GB-40G2081G', 'gb-40g2 081g nhé'])(
    'is found in "%s"',
    (text) => {
      expect(findCode(text)).toBe('GB-40G2-081G');
    },
  );

  it.each(['GB', 'GB-40G2', 'XGB-40G2-081G', '40G2-081G', 'GB-40G2-081GX', ''])('is not found in "%s"', (text) => {
    expect(findCode(text)).toBeNull();
  });

  test.prop([fc.uint8Array({ minLength: 5, maxLength: 5 })])('is found as it was made', (bytes) => {
    const code = codeOf(Buffer.from(bytes));
    expect(findCode(`mã liên kết ${code}`)).toBe(code);
  });

  it('is remembered under a name that does not show it', () => {
    expect(nameOfCode(key, 'GB-40G2-081G')).not.toContain('40G2');
    expect(nameOfCode(key, 'GB-40G2-081G')).not.toBe(nameOfCode(Buffer.alloc(32, 2), 'GB-40G2-081G'));
  });
});
