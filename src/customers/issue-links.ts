// POST of links: for each channel the way by which a known customer becomes the person who chats, without anybody guessing.
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { type Clock, DAY_MS } from '../clock.ts';
import { momentAnswer } from '../http/request-fields.ts';
import { codeOf, makeRef, NONCE_BYTES, nameOfCode } from './link-code.ts';
import { requireCustomerId } from './read-customer.ts';
import type { ChannelAccounts } from './save-customer.ts';

export type IssueLinksDeps = { clock: Clock; accounts: ChannelAccounts; linkKey: Buffer };

export const linkFields = z
  .strictObject({ days: z.int().min(1).max(7).default(7).meta({ description: 'How long they hold.' }) })
  .nullish();

const channelLink = z.object({ url: z.url() }).nullable();
export const linkAnswer = z.object({
  expiresAt: momentAnswer,
  messenger: channelLink.meta({ description: 'Opening it is enough; null = the channel is off.' }),
  zalo: channelLink.meta({ description: 'Zalo passes nothing on: the customer types the code as well.' }),
  code: z.string().meta({ description: 'Typed on either channel.', examples: ['GB-7K2Q-M3XP'] }),
  words: z.string().meta({ description: 'What to ask the customer to write.' }),
});
export type LinkAnswer = z.infer<typeof linkAnswer>;

/** In the caller's transaction. Each link is used once, by one person. Throws unknown_customer. */
export async function issueLinks(
  { clock, accounts, linkKey }: IssueLinksDeps,
  client: pg.ClientBase,
  externalId: string,
  days: number,
): Promise<LinkAnswer> {
  const customerId = await requireCustomerId(client, externalId);
  const now = clock.now();
  const expiresAt = new Date(Math.floor((now.getTime() + days * DAY_MS) / 1000) * 1000);
  const remember = async () => {
    const nonce = randomBytes(NONCE_BYTES);
    await client.query(
      `INSERT INTO idempotent_requests (key, request_hash, status, response, created_at) VALUES ($1, '', 200, $2, $3)`,
      [nameOfCode(linkKey, codeOf(nonce)), JSON.stringify({ customerId, expiresAt }), now],
    );
    return nonce;
  };
  const code = codeOf(await remember());
  const ref = accounts.messenger === null ? null : makeRef(linkKey, { customerId, expiresAt, nonce: await remember() });
  return {
    expiresAt: expiresAt.toISOString(),
    messenger: ref === null ? null : { url: `https://m.me/${accounts.messenger}?ref=${ref}` },
    zalo: accounts.zalo === null ? null : { url: `https://zalo.me/${accounts.zalo}` },
    code,
    words: `mã liên kết ${code}`,
  };
}
