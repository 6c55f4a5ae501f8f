// What a file is called when a customer gets it: the words of whoever chose it, and nothing that could deceive or lead out.

const LONGEST = 80;
/** Invisible marks that turn "gpj.exe" into "exe.jpg", controls, and what file systems do not take. */
const UNWANTED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}<>:"|?*;%]/gu;

/** With the extension that its bytes deserve. */
export function cleanFileName(given: string, extension: string): string {
  const last = given.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  const bare = last
    .replace(UNWANTED, '')
    .replace(/(\.[a-z0-9]{1,5})+$/i, '')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const cut = [...bare].slice(0, LONGEST).join('').trim();
  return `${cut === '' ? 'tep-dinh-kem' : cut}.${extension}`;
}
