// No password, token or key of anybody: not in the tree, and not in what the history still remembers.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { root } from './read-sources.ts';

/** Invented ones, of addresses that tests want to see refused or hidden. */
const allows = ['/user:pass@example\\.com/', '/nobody:secret-password@127/'];

const config = {
  rules: [
    {
      id: '@secretlint/secretlint-rule-preset-recommend',
      rule: preset,
      rules: [
        { id: '@secretlint/secretlint-rule-basicauth', options: { allows } },
        { id: '@secretlint/secretlint-rule-database-connection-string', options: { allows } },
      ],
    },
  ],
};

// The linter marks each of its steps, and compares every mark with all others: two minutes for a history like ours.
const ofNoUse = performance.mark('of-no-use');
beforeAll(() => {
  vi.spyOn(performance, 'mark').mockReturnValue(ofNoUse);
});
afterAll(() => {
  vi.restoreAllMocks();
});

async function secretsIn(filePath: string, content: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: { filePath, content, ext: filePath.slice(filePath.lastIndexOf('.')), contentType: 'text' },
    options: { config, maskSecrets: true },
  });
  return messages.map(({ message, loc }) => `${filePath}:${loc.start.line} ${message}`);
}

function git(...args: string[]): string {
  return spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }).stdout;
}

test('a secret would be found', async () => {
  // Put together here, so that this file holds none.
  const token = ['xox', 'b-', '123456789012-1234567890123-', 'AbCdEfGhIjKlMnOpQrStUvWx'].join('');
  expect(await secretsIn('example.ts', `const token = '${token}';`)).toHaveLength(1);
});

test('the tree holds no secret', async () => {
  const names = git('ls-files', '-z')
    .split('\0')
    .filter((name) => name !== '' && existsSync(join(root, name)));
  const found: string[] = [];
  for (const name of names) {
    const bytes = readFileSync(join(root, name));
    if (!bytes.includes(0)) found.push(...(await secretsIn(name, bytes.toString('utf8'))));
  }
  expect(found).toEqual([]);
});

/** Every line that a commit ever added; a clone without its history has only what it has. */
test('nor does the history', { timeout: 240_000 }, async () => {
  const commits = git(
    'log',
    '-p',
    '--all',
    '--no-color',
    '--unified=0',
    '--format=commit %H',
    '--',
    '.',
    ':!package-lock.json',
  )
    .split(/^commit (?=[0-9a-f]{40}$)/m)
    .filter((text) => text !== '')
    .map((text) => ({
      name: `commit ${text.slice(0, 12)}`,
      added: text
        .split('\n')
        .filter((line) => line.startsWith('+'))
        .join('\n'),
    }));
  const found: string[] = [];
  for (const { name, added } of commits) found.push(...(await secretsIn(name, added)));
  expect(found).toEqual([]);
});
