// The new pair on disk, sealed and fsynced, between Zalo's answer and the database's commit: a refresh token can be used
// once, so an answer that only lived in memory would be the end of the connection.
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openToken, sealToken, type TokenKey } from './token-crypto.ts';

export type TokenPair = {
  accessToken: string;
  refreshToken: string;
  accessExpiresAt: Date;
  refreshExpiresAt: Date;
};

export type SpooledPair = { fence: number; pair: TokenPair };

export type TokenSpool = {
  /** On disk when it returns. */
  write(spooled: SpooledPair): Promise<void>;
  /** Null when there is none; one that cannot be read is set aside, never deleted. */
  read(): Promise<SpooledPair | null>;
  remove(): Promise<void>;
};

const spooledSchema = z.object({
  fence: z.number().int(),
  pair: z.object({
    accessToken: z.string().min(1),
    refreshToken: z.string().min(1),
    accessExpiresAt: z.coerce.date(),
    refreshExpiresAt: z.coerce.date(),
  }),
});

export function createTokenSpool(key: TokenKey, directory: string, accountId: string): TokenSpool {
  const file = join(directory, `zalo-token-${accountId.replace(/\W/g, '_')}.sealed`);
  const place = `zalo:${accountId}:spool`;
  return {
    write: (spooled) => writeDurably(directory, file, sealToken(key, place, JSON.stringify(spooled))),
    async read() {
      const sealed = await readFile(file).catch(absent);
      if (sealed === null) return null;
      const spooled = decode(openToken(key, place, sealed));
      if (spooled === null) await rename(file, `${file}.unreadable`).catch(absent);
      return spooled;
    },
    remove: () => rm(file, { force: true }),
  };
}

function decode(json: string | null): SpooledPair | null {
  if (json === null) return null;
  return spooledSchema.safeParse(JSON.parse(json)).data ?? null;
}

/** Write aside, fsync, rename, fsync the folder: after a power cut there is the whole file or none. */
async function writeDurably(directory: string, file: string, bytes: Buffer): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const aside = `${file}.${process.pid}.new`;
  const handle = await open(aside, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, file);
  const folder = await open(directory, 'r');
  // Windows cannot fsync a folder; its rename is journalled.
  await folder.sync().catch(() => undefined);
  await folder.close();
}

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
