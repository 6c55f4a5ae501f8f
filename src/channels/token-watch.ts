// What the keeper of the OA's token last saw. A token that is being renewed is spent: whoever stops waits for it.
import type { OpenChannels } from './open-channels.ts';
import type { TokenState } from './zalo/access-token.ts';

export type TokenWatch = {
  /** Renews what is old. Throws when the database is away. */
  keep(): Promise<void>;
  /** As last seen; null = there is no OA, or nobody looked yet. */
  seen(): TokenState | null;
  /** Resolves when no renewal is under way, or with `tooLate`. Never throws. */
  idle(tooLate: Promise<unknown>): Promise<unknown>;
};

export function createTokenWatch({ zalo }: Pick<OpenChannels, 'zalo'>): TokenWatch {
  let seen: TokenState | null = null;
  let keeping: Promise<TokenState> | undefined;
  return {
    keep: async () => {
      keeping = zalo?.runTokenKeeper();
      seen = (await keeping) ?? null;
    },
    seen: () => seen,
    idle: (tooLate) => Promise.race([Promise.allSettled([keeping]), tooLate]),
  };
}
