import { describe, expect, it } from 'vitest';
import { readSaying } from '../../src/flows/match-phrase.ts';
import { readWish } from '../../src/flows/read-wish.ts';
import { lookAlikes, optIns, optOuts, stopAdvertising } from '../privacy/opt-out-words.ts';

const wishOf = (text: string) => readWish(readSaying(text));

describe('what a message wants of our messages', () => {
  it.each(optOuts)('"%s" stops everything', (text) => expect(wishOf(text)).toBe('opt_out'));
  it.each(stopAdvertising)('"%s" stops advertising only', (text) => expect(wishOf(text)).toBe('opt_out_advertising'));
  it.each(lookAlikes)('"%s" is about something else', (text) => expect(wishOf(text)).toBeNull());
  it.each(optIns.slice(0, 2))('"%s" is no stop', (text) => expect(wishOf(text)).not.toBe('opt_out'));
});
