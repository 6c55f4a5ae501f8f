// What a stranger may guess at is compared in constant time: how long a "no" takes says nothing about the secret.
import { expect, test } from 'vitest';
import { readSources } from './read-sources.ts';

const COMPARISON = /([^\n;&|?]+?)\s(?:===|!==)\s([^\n;&|?]+)/g;

/** Files in which something secret is checked. */
const sources = readSources('src/**/*.ts').filter(({ text }) => /timingSafeEqual|createHmac/.test(text));

test('there are such files', () => {
  expect(sources.map(({ path }) => path)).toContain('src/channels/messenger/signature.ts');
});

test('files named after signatures compare with timingSafeEqual', () => {
  const named = sources.filter(({ path }) => /signature\.ts$/.test(path));
  expect(named.filter(({ text }) => !text.includes('timingSafeEqual(')).map(({ path }) => path)).toEqual([]);
});

test('no signature is compared letter by letter', () => {
  const found = sources.flatMap(({ path, text }) =>
    [...text.matchAll(COMPARISON)].flatMap(([whole, left = '', right = '']) => {
      const isCall = /\bsign\w*\(|\bdigest\w*\(|createH(mac|ash)\(/;
      return isCall.test(left) || isCall.test(right) ? [`${path}: ${whole.trim()}`] : [];
    }),
  );
  expect(found).toEqual([]);
});
