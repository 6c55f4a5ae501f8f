// A mail server on loopback that keeps what it accepted, and refuses or falls silent as a test tells it.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type Letter = { from: string; to: string[]; raw: string };
export type MailServer = {
  url: string;
  letters: Letter[];
  /** What becomes of the next letters; null = accepted. */
  behave(how: Behaviour | null): void;
  close(): Promise<void>;
};
export type Behaviour =
  | { at: 'rcpt' | 'data'; code: number }
  /** Takes the letter, keeps it, and hangs up without an answer. */
  | { at: 'answer' };

export async function startMailServer(): Promise<MailServer> {
  const letters: Letter[] = [];
  let how: Behaviour | null = null;
  const refusal = (code: number) => Object.assign(new Error('as told'), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onRcptTo: (_address, _session, done) => done(how?.at === 'rcpt' ? refusal(how.code) : null),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (how?.at === 'data') return done(refusal(how.code));
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        letters.push({ from, to: rcptTo.map(({ address }) => address), raw: Buffer.concat(parts).toString() });
        if (how?.at !== 'answer') return done();
        for (const connection of server.connections) connection.close();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    behave: (next) => {
      how = next;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Headers, unfolded, by lower-case name. */
export function headersOf(raw: string): Record<string, string> {
  const [head = ''] = raw.split(/\r?\n\r?\n/);
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  return Object.fromEntries(
    lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*:\s*/, '')]),
  );
}
