import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { environmentNames, readConfig } from '../src/config.ts';

const zalo = { ZALO_APP_ID: '1', ZALO_APP_SECRET: 's', ZALO_OA_ID: '2', ZALO_OA_SECRET_KEY: 'k' };

function mistakesOf(env: Record<string, string>): string[] {
  const result = readConfig(env, '/srv/ganbo');
  return result.ok ? [] : result.mistakes.map((mistake) => mistake.name).sort();
}

describe('settings', () => {
  test('nothing set: embedded database, sandbox on, everything on loopback', () => {
    const result = readConfig({}, '/srv/ganbo');
    expect(result.ok && result.config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: null,
      dataDir: '/srv/ganbo/data',
      isSandboxOn: true,
      zalo: null,
      messenger: null,
    });
  });

  test.each<[string, Record<string, string>, string[]]>([
    [
      'half a Zalo group names all that is missing',
      { ZALO_APP_ID: '1' },
      ['ZALO_APP_SECRET', 'ZALO_OA_ID', 'ZALO_OA_SECRET_KEY'],
    ],
    [
      'a token alone is half a group',
      { ZALO_REFRESH_TOKEN: 't' },
      ['ZALO_APP_ID', 'ZALO_APP_SECRET', 'ZALO_OA_ID', 'ZALO_OA_SECRET_KEY'],
    ],
    ['an own database needs a key', { DATABASE_URL: 'postgres://localhost/x' }, ['SECRET_KEY']],
    [
      'several mistakes at once',
      { PORT: 'abc', LOG_LEVEL: 'loud', MESSENGER_APP_ID: '1' },
      [
        'LOG_LEVEL',
        'MESSENGER_APP_SECRET',
        'MESSENGER_PAGE_ACCESS_TOKEN',
        'MESSENGER_PAGE_ID',
        'MESSENGER_VERIFY_TOKEN',
        'PORT',
      ],
    ],
    ['a key that no header can carry', { API_KEY: 'khoá bí mật' }, ['API_KEY']],
    ['an address where a host belongs', { HOST: 'http://localhost' }, ['HOST']],
    ['numbers in the spelling of programs', { PORT: '0x10', SANDBOX_PORT: '1e3' }, ['PORT', 'SANDBOX_PORT']],
    ['numbers with something behind them', { PORT: '3000;', CARE_PER_DAY: '2.5' }, ['CARE_PER_DAY', 'PORT']],
    ['an address with more behind it', { PUBLIC_URL: 'https://care.vn/?a=1' }, ['PUBLIC_URL']],
    ['an address that is none', { PUBLIC_URL: 'care.vn', ZALO_API_URL: 'http:/zalo' }, ['PUBLIC_URL', 'ZALO_API_URL']],
    ['a time zone that does not exist', { BUSINESS_TIME_ZONE: 'Asia/Saigonn' }, ['BUSINESS_TIME_ZONE']],
    ['a time zone without a name', { BUSINESS_TIME_ZONE: '+07:00' }, ['BUSINESS_TIME_ZONE']],
    ['a password without its address', { ADMIN_PASSWORD: 'long enough' }, ['ADMIN_EMAIL']],
    ['a mail server without a sender', { SMTP_URL: 'smtp://localhost' }, ['MAIL_FROM']],
    ['a sender without a mail server', { MAIL_FROM: 'a@b.vn' }, ['SMTP_URL']],
    ['a mail server that is none', { SMTP_URL: 'http://mail', MAIL_FROM: 'A <a@b.vn>' }, ['SMTP_URL']],
    ['a sender that is none', { SMTP_URL: 'smtps://u:p@mail:465', MAIL_FROM: 'a@b.vn\r\nBcc: c@d.vn' }, ['MAIL_FROM']],
    ['more advertising than the law allows', { ADVERTISING_PER_DAY: '4' }, ['ADVERTISING_PER_DAY']],
    ['a label for nothing', { ADVERTISING_LABEL: 'sms' }, ['ADVERTISING_LABEL']],
    ['e-mail as it should be', { SMTP_URL: 'smtps://u:p@mail:465', MAIL_FROM: 'Gắn Bó <a@b.vn>' }, []],
    ['whole groups are fine', zalo, []],
    ['an empty value counts as unset', { ...zalo, ZALO_ACCESS_TOKEN: ' ' }, []],
  ])('%s', (_name, env, names) => {
    expect(mistakesOf(env)).toEqual(names);
  });

  test('every mistake comes with its cure', () => {
    const result = readConfig({ PORT: 'abc', ZALO_APP_ID: '1' }, '/');
    const mistakes = result.ok ? [] : result.mistakes;
    expect(mistakes.length).toBeGreaterThan(1);
    for (const mistake of mistakes) expect(mistake.fix.length).toBeGreaterThan(10);
  });

  const withDatabase = { DATABASE_URL: 'postgresql://localhost/x' };
  test.each<[string, Record<string, string>, RegExp, RegExp]>([
    ['days to act by names of their own', { PRIVACY_DEADLINE_DAYS: 'answer=x' }, /like answer=2,/, /remove it/],
    ['days to keep by names of theirs', { RETENTION_DAYS: 'media=x' }, /like media=365,/, /remove it/],
    ['a short key beside a database', { ...withDatabase, SECRET_KEY: 'short' }, /32 characters/, /^Set .*openssl rand/],
    ['a short key of the embedded one', { SECRET_KEY: 'short' }, /32 characters/, /remove it/],
    ['another kind of database', { DATABASE_URL: 'mysql://x', SECRET_KEY: 'k'.repeat(32) }, /postgresql:\/\//, /./],
    [
      'a mail server that is none',
      { SMTP_URL: 'mail', MAIL_FROM: 'a@b.vn' },
      /smtp:\/\//,
      /both SMTP_URL and MAIL_FROM/,
    ],
  ])('%s: it is said what it should look like, and what to do', (_name, env, message, fix) => {
    const result = readConfig(env, '/');
    expect(result.ok ? [] : result.mistakes).toEqual([
      { name: expect.any(String), message: expect.stringMatching(message), fix: expect.stringMatching(fix) },
    ]);
  });

  test('the folders are known although another setting is wrong', () => {
    const result = readConfig({ PORT: 'abc', FLOWS_DIR: '/flows' }, '/srv/ganbo');
    expect(result).toMatchObject({ ok: false, folders: { dataDir: '/srv/ganbo/data', flowsDir: '/flows' } });
  });

  test('a configured channel turns the sandbox off, SANDBOX=on keeps it', () => {
    const off = readConfig(zalo, '/');
    const on = readConfig({ ...zalo, SANDBOX: 'on' }, '/');
    expect(off.ok && off.config.isSandboxOn).toBe(false);
    expect(on.ok && on.config.isSandboxOn).toBe(true);
  });

  test.each([
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::', 'http://127.0.0.1:3000'],
    ['::1', 'http://[::1]:3000'],
    ['localhost', 'http://localhost:3000'],
  ])('HOST=%s is reached at %s', (HOST, publicUrl) => {
    const result = readConfig({ HOST }, '/');
    expect(result.ok && new URL(result.config.publicUrl).origin).toBe(publicUrl);
  });

  test.each([
    ['https://care.vn/', 'https://care.vn'],
    ['HTTPS://Care.VN//', 'https://care.vn'],
    ['https://care.vn:443/gan-bo/', 'https://care.vn/gan-bo'],
    [' http://127.0.0.1:8080 ', 'http://127.0.0.1:8080'],
  ])('PUBLIC_URL=%s is kept as %s', (PUBLIC_URL, publicUrl) => {
    const result = readConfig({ PUBLIC_URL }, '/');
    expect(result.ok && result.config.publicUrl).toBe(publicUrl);
  });

  test('.env.example names every setting and starts the program as it is', async () => {
    const text = await readFile(new URL('../.env.example', import.meta.url), 'utf8');
    const named = [...text.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual([...environmentNames].sort());
    expect(readConfig(Object.fromEntries(Object.entries(parseEnv(text))), '/').ok).toBe(true);
  });
});
