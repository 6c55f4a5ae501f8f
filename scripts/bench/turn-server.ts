// The program's own path from webhook to committed turn: verify, read, keep, step the flow, save state, inbound,
// outbound and ledger. Only the sending is left out.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { pino } from 'pino';
import type { Channel } from '../../src/channels/channel.ts';
import type { ChannelName } from '../../src/channels/inbound-event-schema.ts';
import { createMessengerChannel } from '../../src/channels/messenger/channel.ts';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/database.ts';
import { createFlowLibrary } from '../../src/flow-library/flow-library.ts';
import { createIdMaker } from '../../src/ids.ts';
import { createEventRecorder } from '../../src/inbound/record-events.ts';
import { registerWebhooks } from '../../src/inbound/routes.ts';
import { createInboundWorker } from '../../src/inbound/worker.ts';

const [url = '', secret = '', flowsDir = ''] = process.argv.slice(2);
const db = openDatabase({ url, poolSize: 6 });
const log = pino({ level: 'warn' });
const newId = createIdMaker(systemClock);
const library = createFlowLibrary({ db, clock: systemClock, newId, flowsDir, log });
const loaded = library.refresh().then(() => undefined);

const mediaDir = await mkdtemp(join(tmpdir(), 'ganbo-bench-media-'));
const messenger = createMessengerChannel(
  { clock: systemClock, log, mediaDir },
  {
    appId: '1',
    appSecret: secret,
    verifyToken: 'v',
    pageId: '100',
    pageAccessToken: 't',
    apiUrl: 'http://127.0.0.1:9',
    apiVersion: 'v25.0',
  },
);
const channels = new Map<ChannelName, Channel>([['messenger', messenger]]);
const worker = createInboundWorker({
  loaded,
  db,
  clock: systemClock,
  newId,
  library,
  log,
  tools: { newId, timeZone: 'Asia/Ho_Chi_Minh', business: { name: 'Bench', hotline: null, website: null } },
  splitMessage: () => messenger.splitMessage,
});
// Nobody answers for profiles here: who is new is greeted without a name after the wait.
setInterval(worker.ring, 250).unref();
const recorder = createEventRecorder(db, { onRecorded: worker.ring, playAtOnce: worker.playAtOnce, log });
const app = Fastify();
await app.register(async (scope) =>
  registerWebhooks(scope, {
    channels,
    recorder,
    clock: systemClock,
    messengerVerifyToken: 'v',
    zaloVerifier: null,
    count: () => undefined,
  }),
);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ address });
process.on('message', () => {
  db.pool
    .query<{ done: number; waiting: number }>(
      'SELECT (SELECT count(*)::int FROM outbound_messages) AS done, (SELECT count(*)::int FROM inbound_queue) AS waiting',
    )
    .then(({ rows }) => {
      const { user, system } = process.cpuUsage();
      process.send?.({ memory: process.memoryUsage().rss, cpu: user + system, ...rows[0] });
    });
});
process.on('disconnect', () => process.exit(0));
