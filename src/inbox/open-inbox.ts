// The live part of the inbox of one process: streams that end with their session and with the program.
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { CallingStaff } from '../http/api-access.ts';
import { createInboxStreams, type InboxStreams } from './inbox-streams.ts';

export type OpenInbox = {
  streams: InboxStreams;
  onSessionEnded: (staff: CallingStaff, end: () => void) => () => void;
  /** Streams stay open by nature: they end before the server closes. */
  stop(): Promise<void>;
};

export function openInbox(
  { db, clock, log }: { db: Database; clock: Clock; log: Logger },
  { watch }: { watch: Pick<OpenInbox, 'onSessionEnded'> },
): OpenInbox {
  const streams = createInboxStreams({ db, clock }, (error) => log.warn({ err: error }, 'the inbox streams stumbled'));
  return {
    streams,
    onSessionEnded: watch.onSessionEnded,
    stop: async () => {
      streams.close();
      await streams.stop();
    },
  };
}
