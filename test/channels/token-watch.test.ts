// A token that is being renewed is spent: whoever stops waits until the new one is kept, and not for ever.
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTokenWatch } from '../../src/channels/token-watch.ts';
import type { TokenState } from '../../src/channels/zalo/access-token.ts';
import type { ZaloChannel } from '../../src/channels/zalo/channel.ts';

const renewed: TokenState = {
  status: 'active',
  reason: null,
  accessExpiresAt: null,
  refreshExpiresAt: null,
  warnings: [],
};
const never = new Promise<never>(() => undefined);

function watchOf(runTokenKeeper: ZaloChannel['runTokenKeeper']) {
  const zalo: Pick<ZaloChannel, 'runTokenKeeper'> = { runTokenKeeper };
  // Nothing else of the channel is asked for here.
  return createTokenWatch({ zalo: zalo as ZaloChannel });
}

/** What is settled once all that could go on has gone on. */
async function isOver(promise: Promise<unknown>): Promise<boolean> {
  return await Promise.race([promise.then(() => true), wait(20, false)]);
}

test('it waits for the renewal that is under way, and what came of it is seen', async () => {
  const { promise, resolve } = Promise.withResolvers<TokenState>();
  const watch = watchOf(() => promise);
  const keeping = watch.keep();
  const idle = watch.idle(never);
  expect(await isOver(idle)).toBe(false);
  expect(watch.seen()).toBeNull();
  resolve(renewed);
  await idle;
  await keeping;
  expect(watch.seen()).toBe(renewed);
});

test('not past the time that stopping may take', async () => {
  const watch = watchOf(() => never);
  void watch.keep();
  await watch.idle(Promise.resolve());
});

test('a renewal that fails is over as well', async () => {
  const watch = watchOf(() => Promise.reject(new Error('The database is away.')));
  const keeping = watch.keep();
  await watch.idle(never);
  await expect(keeping).rejects.toThrow('away');
});

test('without an OA, or before the first look, there is nothing to wait for', async () => {
  await watchOf(() => never).idle(never);
  const watch = createTokenWatch({ zalo: null });
  await watch.keep();
  await watch.idle(never);
  expect(watch.seen()).toBeNull();
});
