// How often somebody may try a password. Counted in the database, so that all processes count together, and taken before
// the password is looked at, so that a thousand tries at once are no more than a thousand one after another.
//
// Three counts bound strangers: of the e-mail from one address, of the address (the connection's, never of what a header
// says), and of the e-mail from everywhere. Who guesses from one place keeps nobody out who sits in another; who has many
// places could fill the last count. So a browser in which the owner signed in before, or used an invitation or reset link,
// carries a signed mark, and its tries are counted by that mark alone: they neither suffer from strangers nor help them.
// On a new device the owner then waits, or asks an admin for a reset link.
import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type pg from 'pg';
import { type Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';

/** Wrong tries in ten minutes, and in a day. A whole office may share one address. */
const LIMITS = { pair: [10, 100], email: [50, 200], device: [10, 100], address: [50, 1_000] } as const;
const SHORT_MS = 10 * MINUTE_MS;
const LONG_MS = DAY_MS;

export type LimitDeps = { db: Database; clock: Clock; secretKey: Buffer };
export type Tried = { kind: keyof typeof LIMITS; value: string };
/** Counts as wrong until it is forgiven. */
export type Attempt = { forgive(): Promise<void> };

/** Whose counts a try goes to. */
export function countsOf(email: string, address: string, deviceNonce: string | null): Tried[] {
  if (deviceNonce !== null) return [{ kind: 'device', value: deviceNonce }];
  const network = networkOf(address);
  return [
    { kind: 'pair', value: `${network} ${email}` },
    { kind: 'address', value: network },
    { kind: 'email', value: email },
  ];
}

/** Throws too_many_attempts; then nothing is written, however often it is tried. */
export async function takeAttempt({ db, clock, secretKey }: LimitDeps, tried: Tried[]): Promise<Attempt> {
  const now = clock.now();
  const counted = tried.map(({ kind, value }) => ({ limits: LIMITS[kind], key: keyOf(secretKey, `${kind}:${value}`) }));
  // A flood is turned away without holding a lock or a connection.
  for (const { key, limits } of counted) await refuseTooMany(db.pool, { key, limits, now });
  const ids = await db.transaction('take-sign-in-attempt', async (client) => {
    for (const { key, limits } of counted) {
      await lockName(client, `sign-in:${key.toString('hex')}`);
      await refuseTooMany(client, { key, limits, now });
    }
    const { rows } = await client.query<{ id: string }>(
      'INSERT INTO sign_in_attempts (key, at, is_good) SELECT key, $2, false FROM unnest($1::bytea[]) AS k(key) RETURNING id',
      [counted.map(({ key }) => key), now],
    );
    return rows.map(({ id }) => id);
  });
  return {
    forgive: async () => {
      await db.durably('forgive-sign-in-attempt', () =>
        db.pool.query('UPDATE sign_in_attempts SET is_good = true WHERE id = ANY($1::bigint[])', [ids]),
      );
    },
  };
}

const COUNT = `
SELECT count(*)::int AS long, count(*) FILTER (WHERE at > $2)::int AS short, min(at) AS "longFrom",
  min(at) FILTER (WHERE at > $2) AS "shortFrom"
FROM sign_in_attempts WHERE key = $1 AND at > $3 AND NOT is_good`;

type Count = { long: number; short: number; longFrom: Date | null; shortFrom: Date | null };

async function refuseTooMany(
  client: Pick<pg.ClientBase, 'query'>,
  { key, limits: [short, long], now }: { key: Buffer; limits: readonly [number, number]; now: Date },
): Promise<void> {
  const since = (ms: number) => new Date(now.getTime() - ms);
  const { rows } = await client.query<Count>(COUNT, [key, since(SHORT_MS), since(LONG_MS)]);
  const [count] = rows;
  if (!count || (count.short < short && count.long < long)) return;
  const freeAt = count.long >= long ? after(count.longFrom, LONG_MS) : after(count.shortFrom, SHORT_MS);
  const seconds = Math.max(1, Math.ceil((freeAt - now.getTime()) / SECOND_MS));
  const message = `Too many wrong tries; wait ${seconds} seconds, use a browser in which you signed in before, or ask an admin for a reset link.`;
  throw new HttpError(429, 'too_many_attempts', message, { retryAfterSeconds: seconds });
}

function after(moment: Date | null, ms: number): number {
  return (moment?.getTime() ?? 0) + ms;
}

/** Keyed: the table tells nobody which e-mails were tried. */
function keyOf(secretKey: Buffer, value: string): Buffer {
  return createHmac('sha256', secretKey).update(`sign-in:${value}`).digest();
}

/** Whoever has one IPv6 address has 2^64 of them. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const given = head.split(':').filter(Boolean);
  const rest = tail.split(':').filter(Boolean);
  const all = [...given, ...Array(Math.max(0, 8 - given.length - rest.length)).fill('0'), ...rest];
  return `${all.slice(0, 4).join(':')}::/64`;
}
