// The new pair on disk, sealed and fsynced, between Zalo's answer and the database's commit: a refresh token can be used
// once, so an answer that only lived in memory would be the end of the connection.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
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
  /** The one that would follow: null when there is none; one that cannot be read is set aside, never deleted. */
  read(fence: number): Promise<SpooledPair | null>;
  /** What the database has, or something newer than it. A later one, which somebody may just have written, stays. */
  removeUpTo(fence: number): Promise<void>;
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
  const stem = `zalo-token-${accountId.replace(/\W/g, '_')}`;
  const fileOf = (fence: number) => join(directory, `${stem}.${fence}.sealed`);
  const place = `zalo:${accountId}:spool`;
  return {
    write: (spooled) => writeDurably(directory, fileOf(spooled.fence), sealToken(key, place, JSON.stringify(spooled))),
    async read(fence) {
      const file = fileOf(fence);
      const sealed = await readFile(file).catch(absent);
      if (sealed === null) return null;
      const spooled = decode(openToken(key, place, sealed));
      if (spooled?.fence === fence) return spooled;
      await rename(file, `${file}.unreadable`).catch(absent);
      return null;
    },
    async removeUpTo(fence) {
      for (const name of (await readdir(directory).catch(absent)) ?? []) {
        const [, number] = name.startsWith(`${stem}.`) ? (/\.(\d+)\.sealed$/.exec(name) ?? []) : [];
        if (number !== undefined && Number(number) <= fence) await rm(join(directory, name), { force: true });
      }
    },
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
