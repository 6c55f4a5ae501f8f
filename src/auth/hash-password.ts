// Passwords at rest: argon2id, and the same work whether the account exists or not.
import { hash, type Options, verify } from '@node-rs/argon2';

/** Tests look at what work is done. */
export type Argon2 = { hash: typeof hash; verify: typeof verify };

/** KiB, passes, lanes. */
export type PasswordCost = { memoryCost: number; timeCost: number; parallelism: number };

/**
 * 19 MiB, 2 passes, 1 lane: the least that OWASP's Password Storage Cheat Sheet (2025) holds sufficient for argon2id,
 * about 25 ms here. More memory would let a few people who sign in at once crowd out the messages on a small machine;
 * guessing is bounded by limit-sign-in.ts as well.
 */
export const passwordCost: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export type Passwords = {
  /** In PHC form, with a salt of its own. */
  hash(password: string): Promise<string>;
  /** null = there is nobody: takes as long and is false. */
  isRight(stored: string | null, password: string): Promise<boolean>;
};

export function createPasswords(cost: PasswordCost = passwordCost, argon2: Argon2 = { hash, verify }): Passwords {
  const options: Options = cost;
  const hashOf = (password: string) => argon2.hash(composed(password), options);
  // Made when it is first needed by anybody, before their own work, so that it never shows.
  let decoy: Promise<string> | null = null;
  return {
    hash: hashOf,
    isRight: async (stored, password) => {
      decoy ??= hashOf('nobody has this one');
      const nobody = await decoy;
      const isSame = await argon2.verify(stored ?? nobody, composed(password));
      return stored !== null && isSame;
    },
  };
}

/** One way to write "ế": keyboards differ, the password does not. */
function composed(password: string): string {
  return password.normalize('NFC');
}
