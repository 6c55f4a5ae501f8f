// The live part of the inbox of one process: streams that end with their session and with the program.
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { CallingStaff } from '../http/api-access.ts';
import type { Config } from '../settings.ts';
import { createInboxStreams, type InboxStreams } from './inbox-streams.ts';

export type OpenInbox = {
  streams: InboxStreams;
  /** Where files of both sides lie. */
  mediaDir: string;
  calendarUrl: (bookingId: string) => string;
  onSessionEnded: (staff: CallingStaff, end: () => void) => () => void;
  /** Streams stay open by nature: they end before the server closes. */
  stop(): Promise<void>;
};

export function openInbox(
  {
    db,
    clock,
    log,
    config,
  }: { db: Database; clock: Clock; log: Logger; config: Pick<Config, 'dataDir' | 'publicUrl'> },
  { watch }: { watch: Pick<OpenInbox, 'onSessionEnded'> },
): OpenInbox {
  const streams = createInboxStreams({ db, clock }, (error) => log.warn({ err: error }, 'the inbox streams stumbled'));
  return {
    streams,
    mediaDir: join(config.dataDir, 'media'),
    calendarUrl: (bookingId) => `${config.publicUrl}/calendar/${bookingId}.ics`,
    onSessionEnded: watch.onSessionEnded,
    stop: async () => {
      streams.close();
      await streams.stop();
    },
  };
}
