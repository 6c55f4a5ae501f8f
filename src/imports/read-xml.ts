// XML in pieces, for the parts of a workbook: names without their prefix, and nothing that may grow without end. Entities
// of a document's own are never expanded: a document that declares any is refused.
import type { SaxesParser } from 'saxes';
import { TableError } from './table-row.ts';
import { LONGEST_TEXT, TOO_LONG } from './xlsx-limits.ts';

export type XmlHandlers = {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
};

const DEEPEST = 100;
/** Longer than any text or tag, however its letters are written (&#x1F600;). */
const LONGEST_SILENCE = 12 * LONGEST_TEXT;

/** Yields after each piece, when whoever reads may take what the handlers found. Throws TableError, and what is no XML. */
export async function* readXml(pieces: AsyncIterable<Buffer>, handlers: XmlHandlers): AsyncGenerator<void> {
  const { SaxesParser } = await import('saxes');
  const progress = { silence: 0 };
  const parser = listen(new SaxesParser({ xmlns: false, position: false }), handlers, progress);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    progress.silence += text.length;
    parser.write(text);
    if (progress.silence > LONGEST_SILENCE) throw new TableError(TOO_LONG);
    yield;
  }
  parser.write(decoder.decode()).close();
  yield;
}

/** To its end. */
export async function readWholeXml(pieces: AsyncIterable<Buffer>, handlers: XmlHandlers): Promise<void> {
  for await (const _ of readXml(pieces, handlers));
}

function listen(parser: SaxesParser, handlers: XmlHandlers, progress: { silence: number }): SaxesParser {
  let depth = 0;
  parser.on('doctype', () => {
    throw new TableError('Tệp XLSX có khai báo DOCTYPE, Excel không bao giờ ghi như vậy, nên bị từ chối.');
  });
  parser.on('opentag', ({ name, attributes }) => {
    progress.silence = 0;
    depth += 1;
    if (depth > DEEPEST) throw new TableError(TOO_LONG);
    handlers.open?.(local(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    progress.silence = 0;
    depth -= 1;
    handlers.close?.(local(name));
  });
  const { text } = handlers;
  if (text) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  return parser;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
