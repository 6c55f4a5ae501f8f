// The channels that are configured, opened; a channel that is not is off, not half on.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database.ts';
import type { Message } from '../flows/message-schema.ts';
import type { Channel } from './channel.ts';
import { createEmailChannel, type EmailChannel } from './email/channel.ts';
import type { ChannelName } from './inbound-event-schema.ts';
import { createMessengerChannel } from './messenger/channel.ts';
import { createZaloChannel, type ZaloChannel } from './zalo/channel.ts';

export type OpenChannels = {
  byName: ReadonlyMap<ChannelName, Channel>;
  zalo: ZaloChannel | null;
  email: EmailChannel | null;
  /** Cuts a message into parts that the channel accepts one by one. */
  split: (channel: string) => (message: Message) => Message[];
};

type Deps = { config: Config; db: Database; clock: Clock; log: Logger; secretKey: Buffer };

/** Makes the folders that channels write to. */
export async function openChannels({ config, db, clock, log, secretKey }: Deps): Promise<OpenChannels> {
  const mediaDir = join(config.dataDir, 'media');
  const spoolDir = join(config.dataDir, 'spool');
  await Promise.all([mkdir(mediaDir, { recursive: true }), mkdir(spoolDir, { recursive: true })]);
  const zalo = config.zalo
    ? createZaloChannel({ db, clock, log, secretKey, random: randomBytes, spoolDir, mediaDir }, config.zalo)
    : null;
  const messenger = config.messenger ? createMessengerChannel({ clock, log, mediaDir }, config.messenger) : null;
  const email = config.email
    ? createEmailChannel(
        { clock, log, secretKey, publicUrl: config.publicUrl, business: config.business },
        config.email,
      )
    : null;
  const open = [zalo, messenger, email].filter((channel) => channel !== null);
  return {
    byName: new Map(open.map((channel): [ChannelName, Channel] => [channel.name, channel])),
    zalo,
    email,
    split: (name) => (message) => open.find((channel) => channel.name === name)?.splitMessage(message) ?? [message],
  };
}
