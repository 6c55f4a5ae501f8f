// Tokens where they are kept: unreadable without the key, in their own place only, and whole or not at all.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyIdOf, openToken, sealToken } from '../../../src/channels/zalo/token-crypto.ts';
import { createTokenSpool } from '../../../src/channels/zalo/token-spool.ts';

const secretKey = Buffer.alloc(32, 7);
const key = { secretKey, random: (size: number) => Buffer.alloc(size, 9) };
const PLACE = 'zalo:oa:access';

describe('a sealed token', () => {
  const sealed = sealToken(key, PLACE, 'bí mật');

  test('is version, iv, tag and words, and opens again', () => {
    expect(sealed[0]).toBe(1);
    expect(sealed.subarray(1, 13)).toEqual(Buffer.alloc(12, 9));
    expect(sealed).toHaveLength(1 + 12 + 16 + Buffer.byteLength('bí mật'));
    expect(openToken(key, PLACE, sealed)).toBe('bí mật');
    expect(openToken(key, PLACE, sealToken(key, PLACE, ''))).toBe('');
  });

  test('opens nowhere else and with no other key', () => {
    expect(openToken(key, 'zalo:oa:refresh', sealed)).toBeNull();
    expect(openToken({ secretKey: Buffer.alloc(32, 8) }, PLACE, sealed)).toBeNull();
  });

  test('opens no more when any byte of it was changed, or when it is too short', () => {
    for (let n = 0; n < sealed.length; n += 1) {
      const changed = Buffer.from(sealed);
      changed[n] = (changed[n] ?? 0) ^ 1;
      expect(openToken(key, PLACE, changed), String(n)).toBeNull();
    }
    for (let n = 0; n < sealed.length; n += 1) expect(openToken(key, PLACE, sealed.subarray(0, n))).toBeNull();
  });

  test('of another version is left alone', () => {
    const later = Buffer.from(sealed);
    later[0] = 2;
    expect(openToken(key, PLACE, later)).toBeNull();
  });

  test('says which key it was, and not the key', () => {
    expect(keyIdOf(secretKey)).toMatch(/^[0-9a-f]{16}$/);
    expect(keyIdOf(secretKey)).toBe('b9dc3efe82ecc867');
    expect(keyIdOf(Buffer.alloc(32, 8))).not.toBe(keyIdOf(secretKey));
  });
});

describe('the pair on disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganbo-at-rest-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const at = new Date('2026-11-22T04:00:00Z');
  const spooled = {
    fence: 3,
    pair: { accessToken: 'a', refreshToken: 'r', accessExpiresAt: at, refreshExpiresAt: at },
  };
  const FILE = 'zalo-token-oa_1.3.sealed';

  test('comes back as it was, for its own account only, readable by nobody else', async () => {
    const deep = join(folder, 'one', 'two');
    const spool = createTokenSpool(key, deep, 'oa/1');
    expect(await spool.read(3)).toBeNull();
    await spool.write(spooled);
    expect(await readdir(deep)).toEqual([FILE]);
    expect([await spool.read(2), await spool.read(3), await spool.read(4)]).toEqual([null, spooled, null]);
    expect((await stat(join(deep, FILE))).mode & 0o777).toBe(0o600);
    expect((await stat(deep)).mode & 0o777).toBe(0o700);
    expect((await readFile(join(deep, FILE))).toString('latin1')).not.toContain('accessToken');
  });

  test('goes when the database has it; the one after it stays, and so does that of another account', async () => {
    const spool = createTokenSpool(key, folder, 'oa/1');
    const other = createTokenSpool(key, folder, 'oa/12');
    await spool.removeUpTo(3);
    await spool.write({ ...spooled, fence: 2 });
    await spool.write(spooled);
    await spool.write({ ...spooled, fence: 10 });
    await other.write(spooled);
    await spool.removeUpTo(3);
    expect((await readdir(folder)).sort()).toEqual(['zalo-token-oa_1.10.sealed', 'zalo-token-oa_12.3.sealed']);
    await createTokenSpool(key, join(folder, 'nowhere'), 'oa').removeUpTo(3);
  });

  test('that cannot be read is set aside, whatever is wrong with it', async () => {
    const spool = createTokenSpool(key, folder, 'oa/1');
    const broken = [
      'zzz',
      sealToken(key, 'zalo:oa/2:spool', JSON.stringify(spooled)),
      sealToken(key, 'zalo:oa/1:spool', JSON.stringify({ ...spooled, fence: 3.5 })),
      sealToken(key, 'zalo:oa/1:spool', JSON.stringify({ ...spooled, fence: 4 })),
      sealToken(key, 'zalo:oa/1:spool', JSON.stringify({ fence: 3, pair: { ...spooled.pair, accessToken: '' } })),
      sealToken(key, 'zalo:oa/1:spool', JSON.stringify({ fence: 3, pair: { ...spooled.pair, refreshToken: '' } })),
    ];
    for (const bytes of broken) {
      await writeFile(join(folder, FILE), bytes);
      expect(await spool.read(3)).toBeNull();
      expect(await readdir(folder)).toEqual([`${FILE}.unreadable`]);
    }
    await writeFile(join(folder, FILE), sealToken(key, 'zalo:oa/1:spool', JSON.stringify(spooled)));
    expect(await spool.read(3)).toEqual(spooled);
  });

  test('a disk that refuses is no missing file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(createTokenSpool(key, join(folder, 'file'), 'oa').read(1)).rejects.toThrow('ENOTDIR');
  });
});
