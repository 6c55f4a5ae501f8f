// A message as an e-mail: its words as they are, the same words as simple HTML, and the way out below both.
import type { Message } from '../../flows/message-schema.ts';

export type RenderedMail = { subject: string; text: string; html: string };

const LONGEST_SUBJECT = 150;

/** null for what has no words: pictures, forms and templates are not e-mails. */
export function renderMail(
  message: Message,
  { business, wayOut }: { business: string; wayOut: string },
): RenderedMail | null {
  if (message.kind !== 'text') return null;
  const links = message.links.map((link) => ({
    title: link.title,
    address: link.kind === 'url' ? link.url : link.phone,
  }));
  const below = links.map(({ title, address }) => `${title}: ${address}`);
  const footer = `${business}. Không muốn nhận thư nữa: ${wayOut}`;
  const text = [message.text, ...below, `-- \n${footer}`].join('\n\n');
  return {
    subject: subjectOf(message.subject ?? `Tin từ ${business}`),
    text,
    html: htmlOf(message.text, below, business, wayOut),
  };
}

/** One line: a line break in a header would be another header. */
function subjectOf(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_SUBJECT)
    .toWellFormed();
}

function htmlOf(text: string, below: string[], business: string, wayOut: string): string {
  const paragraphs = [...text.split(/\n{2,}/), ...below].map((part) => `<p>${markLinks(part)}</p>`);
  const out = `<p style="color:#666;font-size:12px">${escaped(business)}. <a href="${escaped(wayOut)}">Không muốn nhận thư nữa</a></p>`;
  return `<!doctype html><html lang="vi"><head><meta charset="utf-8"></head><body style="font-family:sans-serif;line-height:1.5">${paragraphs.join('')}<hr>${out}</body></html>`;
}

/** Only what is plainly a web address becomes a link; everything is escaped first. */
function markLinks(text: string): string {
  return escaped(text)
    .replace(/\n/g, '<br>')
    .replace(/https?:\/\/[^\s<&"']+(?:&#38;[^\s<&"']+)*/g, (address) => `<a href="${address}">${address}</a>`);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
