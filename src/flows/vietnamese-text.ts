// Reading what customers type: with and without dấu, with or without punctuation. Pure; also runs in the browser.

const NUL = String.fromCharCode(0);

/** NFC, without NUL and half surrogates (PostgreSQL text refuses both). Use on every text that comes in. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(NUL, '').normalize('NFC');
}

/** ":))", "=]]", "^^", "<3", ":v": faces made of signs. */
const FACES = /^(?:\s|[:=;]+-?[)(\][dpvo3*|]+|\^[_.]?\^+|<3+|t[_.]t)+$/iu;

/** "👍", "❤️🌷", ":))": a picture and not a word. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length <= 40 && /\S/.test(text) && FACES.test(text)) return true;
  return (
    /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(text) &&
    /^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u.test(text) &&
    !/\d/.test(text)
  );
}

/** Lower case without dấu, punctuation or emoji, single spaces: "Huỷ  đăng-ký!" → "huy dang ky". */
export function foldText(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đĐ]/gu, 'd')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
