// A channel on a tiny Zalo and a database of its own, for the tests of what goes over the wire.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { SendRequest } from '../../../src/channels/channel.ts';
import { createZaloChannel, type ZaloChannel } from '../../../src/channels/zalo/channel.ts';
import { createManualClock, type MovableClock } from '../../../src/clock.ts';
import type { ZaloSettings } from '../../../src/config.ts';
import type { Message } from '../../../src/flows/message-schema.ts';
import { createTestDatabase } from '../../test-database.ts';
import { type FakeZalo, issueTokens, settingsFor, startFakeZalo } from './fake-zalo.ts';
import { RECEIVED_AT, USER_ID } from './read-payload.ts';

export type Opened = {
  db: Awaited<ReturnType<typeof createTestDatabase>>;
  fake: FakeZalo;
  clock: MovableClock;
  channel: ZaloChannel;
  tokens: ReturnType<typeof issueTokens>;
  mediaDir: string;
  logged: string[];
  /** The same channel with other settings. */
  reopen(changes: Partial<ZaloSettings>, requestTimeoutMs?: number): ZaloChannel;
  close(): Promise<void>;
};

export async function openChannel(changes: Partial<ZaloSettings> = {}): Promise<Opened> {
  const db = await createTestDatabase();
  const fake = await startFakeZalo();
  const clock = createManualClock(RECEIVED_AT);
  const folder = await mkdtemp(join(tmpdir(), 'ganbo-zalo-'));
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const deps = {
    db,
    clock,
    log,
    secretKey: randomBytes(32),
    random: randomBytes,
    spoolDir: join(folder, 'spool'),
    mediaDir: folder,
  };
  const reopen = (more: Partial<ZaloSettings>, requestTimeoutMs = 500) =>
    createZaloChannel({ ...deps, requestTimeoutMs }, settingsFor(fake.url, more));
  return {
    db,
    fake,
    clock,
    channel: reopen(changes),
    tokens: issueTokens(fake),
    mediaDir: folder,
    logged,
    reopen,
    close: async () => {
      await fake.close();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const CS_PATH = '/v3.0/oa/message/cs';

export function requestFor(message: Message, more: Partial<SendRequest> = {}): SendRequest {
  return {
    outboundMessageId: '0199a3c2-1b2c-7d3e-8f40-5a6b7c8d9e0f',
    peerId: USER_ID,
    message,
    permit: { mode: 'free', messagingType: 'RESPONSE', costAmount: 0 },
    ...more,
  };
}

export const HELLO: Message = { kind: 'text', text: 'Chào chị Lan, em giúp gì được ạ?', choices: [], links: [] };
