// Ids that look like the providers' own: longer than 2^53, so that whoever turns them into numbers loses digits.
export type RandomBytes = (size: number) => Buffer;

/** 18 digits, never starting with 0. */
export const createZaloUserId = (random: RandomBytes): string => digits(random, 18);
/** 17 digits, above 2^53. */
export const createPsid = (random: RandomBytes): string => `2${digits(random, 16)}`;
/** 20 hex characters. */
export const createZaloMessageId = (random: RandomBytes): string => random(10).toString('hex');
export const createMid = (random: RandomBytes): string => `m_${random(48).toString('base64url')}`;
export const createToken = (random: RandomBytes, size = 48): string => random(size).toString('base64url');
export const createTraceId = (random: RandomBytes): string => random(9).toString('base64url').slice(0, 11);
export const createNumericId = (random: RandomBytes, length: number): string => digits(random, length);

function digits(random: RandomBytes, length: number): string {
  const value = BigInt(`0x${random(16).toString('hex')}`) % 9n;
  const rest = BigInt(`0x${random(16).toString('hex')}`)
    .toString()
    .padStart(length, '7')
    .slice(-(length - 1));
  return `${value + 1n}${rest}`;
}
