// Nobody but Meta gets in: the signature of a POST, the handshake of a GET, the proof on our calls.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proveAppSecret } from '../../../src/channels/messenger/access-token.ts';
import { answerHandshake, isSignatureValid, signBody } from '../../../src/channels/messenger/signature.ts';

const folder = new URL('../../payloads/messenger/', import.meta.url);
const raw = readFileSync(new URL('signature_vector.raw', folder));
const vector: Record<string, string> = JSON.parse(
  readFileSync(new URL('signature_vector.expected.json', folder), 'utf8'),
);
const secret = vector.app_secret ?? '';
const right = vector['X-Hub-Signature-256'] ?? '';

describe('signature', () => {
  it('accepts the vector over the bytes as received', () => {
    expect(raw.length).toBe(281);
    expect(signBody(raw, secret)).toBe(right);
    expect(isSignatureValid(raw, { 'x-hub-signature-256': right }, secret)).toBe(true);
  });

  it('refuses the same JSON written anew', () => {
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(raw.toString('utf8'))));
    expect(signBody(rewritten, secret)).toBe(vector.wrong_if_body_reserialised);
    expect(isSignatureValid(rewritten, { 'x-hub-signature-256': right }, secret)).toBe(false);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['doubled', [right, right]],
    ['one in a list', [right]],
    ['joined', `${right}, ${right}`],
    ['upper case', right.toUpperCase()],
    ['upper-case digits', `sha256=${right.slice(7).toUpperCase()}`],
    ['without scheme', right.slice(7)],
    ['trailing space', `${right} `],
    ['trailing newline', `${right}\n`],
    ['leading space', ` ${right}`],
    ['too long', `${right}0`],
    ['not hex', `sha256=${'g'.repeat(64)}`],
    ['SHA-1', vector['X-Hub-Signature']],
  ])('refuses a header that is %s', (_name, header) => {
    expect(isSignatureValid(raw, { 'x-hub-signature-256': header }, secret)).toBe(false);
  });

  it('refuses every proper prefix of the right header', () => {
    for (let length = 0; length < right.length; length += 1) {
      expect(isSignatureValid(raw, { 'x-hub-signature-256': right.slice(0, length) }, secret)).toBe(false);
    }
  });

  it('refuses SHA-1 under its own header and an empty secret', () => {
    expect(isSignatureValid(raw, { 'x-hub-signature': vector['X-Hub-Signature'] }, secret)).toBe(false);
    expect(isSignatureValid(raw, { 'x-hub-signature-256': signBody(raw, '') }, '')).toBe(false);
  });

  it('holds for any body and secret, and breaks with any flipped bit', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.string({ minLength: 1 }),
        fc.nat(),
        fc.nat(),
        (bytes, key, bodyBit, signatureBit) => {
          const body = Buffer.from(bytes);
          const header = signBody(body, key);
          expect(isSignatureValid(body, { 'x-hub-signature-256': header }, key)).toBe(true);
          expect(isSignatureValid(flipBit(body, bodyBit), { 'x-hub-signature-256': header }, key)).toBe(false);
          const broken = flipBit(Buffer.from(header), signatureBit).toString('latin1');
          expect(isSignatureValid(body, { 'x-hub-signature-256': broken }, key)).toBe(false);
        },
      ),
    );
  });

  it('never throws, whatever the header', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string())), (header) => {
        expect(isSignatureValid(raw, { 'x-hub-signature-256': header }, secret)).toBe(false);
      }),
    );
  });
});

function flipBit(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

describe('handshake', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'tk', 'hub.challenge': '1158201444' };
  it('gives the challenge back as it came', () => {
    expect(answerHandshake(query, 'tk')).toEqual({ status: 200, body: '1158201444' });
    expect(answerHandshake({ ...query, 'hub.challenge': '007' }, 'tk')).toEqual({ status: 200, body: '007' });
  });
  it.each([
    ['a wrong token', { ...query, 'hub.verify_token': 'tK' }],
    ['a longer token', { ...query, 'hub.verify_token': 'tkk' }],
    ['no token', { 'hub.mode': 'subscribe', 'hub.challenge': '1' }],
    ['another mode', { ...query, 'hub.mode': 'unsubscribe' }],
    ['no challenge', { 'hub.mode': 'subscribe', 'hub.verify_token': 'tk' }],
    ['a doubled token', { ...query, 'hub.verify_token': ['tk', 'tk'] }],
    ['nested keys', { hub: { mode: 'subscribe', verify_token: 'tk', challenge: '1' } }],
    ['nothing', {}],
  ])('refuses %s', (_name, wrong) => {
    expect(answerHandshake(wrong, 'tk')).toEqual({ status: 403 });
  });
  it('refuses everybody when no token is set', () => {
    expect(answerHandshake({ ...query, 'hub.verify_token': '' }, '')).toEqual({ status: 403 });
  });
});

it('proves the app secret for a token', () => {
  expect(proveAppSecret('TEST_PAGE_TOKEN', secret)).toBe(vector.appsecret_proof_for_token_TEST_PAGE_TOKEN);
});
