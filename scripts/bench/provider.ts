// A provider that answers at once, late or never, and tells when a message to somebody came. Loopback only.
import { createServer } from 'node:http';
import { listenAnywhere } from '../../test/outside/free-port.ts';

export type Provider = {
  url: string;
  /** How long an answer takes from now on. */
  delayMs: number;
  /** Messages taken so far, over all people. */
  taken: () => number;
  /** Tells once, at the next message to this person, with `performance.now()`. */
  expect: (person: string, told: (at: number) => void) => void;
  close: () => void;
};

/** Speaks as Messenger's send API does, and to Telegram's bots; what is not a message is answered with an empty object. */
export async function startProvider(): Promise<Provider> {
  const waiting = new Map<string, (at: number) => void>();
  let taken = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const person = personOf(Buffer.concat(chunks).toString());
      if (person !== null) {
        taken += 1;
        const told = waiting.get(person);
        waiting.delete(person);
        told?.(performance.now());
      }
      const answer =
        person === null ? {} : { recipient_id: person, message_id: `m_answer${taken}`, ok: true, result: {} };
      const send = () => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      if (provider.delayMs === 0) send();
      else setTimeout(send, provider.delayMs).unref();
    });
  });
  const provider: Provider = {
    url: await listenAnywhere(server),
    delayMs: 0,
    taken: () => taken,
    expect: (person, told) => waiting.set(person, told),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return provider;
}

/** Whom a message goes to; null when the call is another one (a profile, "typing"). */
function personOf(text: string): string | null {
  if (!text.startsWith('{')) return null;
  const body: { recipient?: { id?: string }; message?: unknown; chat_id?: number | string; text?: string } =
    JSON.parse(text);
  if (body.message !== undefined) return body.recipient?.id ?? null;
  return body.text !== undefined && body.chat_id !== undefined ? String(body.chat_id) : null;
}
