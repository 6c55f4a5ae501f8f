// One process with a token vault of its own: told that a token is dead, it answers with the one that lives. Forked by
// token-races.ts with everything it needs in its environment.
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createTokenVault } from '../../src/channels/zalo/access-token.ts';
import { createHttpClient } from '../../src/channels/zalo/http-client.ts';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/database.ts';

const { DATABASE_URL = '', SPOOL_DIR = '', SECRET_KEY = '', ZALO_SETTINGS = '{}' } = process.env;
const vault = createTokenVault(
  {
    db: openDatabase({ url: DATABASE_URL, poolSize: 3 }),
    clock: systemClock,
    log: pino({ level: 'silent' }),
    http: createHttpClient(),
    secretKey: Buffer.from(SECRET_KEY, 'hex'),
    random: randomBytes,
    spoolDir: SPOOL_DIR,
  },
  JSON.parse(ZALO_SETTINGS),
);

process.on('message', (dead: string) => {
  const begun = performance.now();
  void vault.renewAfterRefusal(dead).then((answer) => {
    process.send?.({ token: answer.ok ? answer.accessToken : answer.code, ms: performance.now() - begun });
  });
});
process.send?.({ token: '', ms: 0 });
