import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readFolderTexts } from '../../src/flow-library/read-flow-files.ts';
import { readPlaceOf, remindOfUnread } from '../../src/flow-library/unread-files.ts';

test.each([
  ['welcome.flow.yml', 'welcome.flow.yaml'],
  ['welcome.flow.yaml.txt', 'welcome.flow.yaml'],
  ['Welcome.Flow.YAML', 'Welcome.flow.yaml'],
  ['welcome.yaml', 'welcome.flow.yaml'],
  ['welcome.test.yml', 'welcome.test.yaml'],
  ['spa/welcome.flow.yaml', 'welcome.flow.yaml'],
  ['journeys/welcome.flow.yaml', 'welcome.flow.yaml'],
  ['journeys/renewal.yaml', 'journeys/renewal.journey.yaml'],
  ['journeys/renewal.test.yml', 'journeys/renewal.test.yaml'],
  ['renewal.journey.yaml', 'journeys/renewal.journey.yaml'],
  ['catalogue/offers.yml', 'catalogue/offers.yaml'],
  ['guides/doi-mat-khau.md.txt', 'guides/doi-mat-khau.md'],
  ['guides/spa/doi-mat-khau.md', 'guides/doi-mat-khau.md'],
])('%s would be read as %s', (path, place) => {
  expect(readPlaceOf(path)).toBe(place);
});

test.each(['README.md', 'flow.schema.json', '.#welcome.flow.yaml', '.git/config.yaml', 'guides/README.md', 'anh.png'])(
  '%s is none of ours',
  (path) => {
    expect(readPlaceOf(path)).toBeNull();
  },
);

test('of a folder exactly those are told that nobody reads, with the name to give them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ganbo-unread-'));
  const files = [
    'chao.flow.yaml',
    'chao.test.yaml',
    'journeys/hoi.journey.yaml',
    'catalogue/offers.yaml',
    'guides/a.md',
  ];
  const unread = ['guides/b.md.txt', 'hoi.flow.yml', 'journeys/chao.flow.yaml'];
  for (const path of [...files, ...unread, 'README.md']) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), 'x');
  }
  const texts = await readFolderTexts(folder);
  expect(texts.unread).toEqual(unread);
  expect(remindOfUnread(texts.unread).map(({ severity, file, fix }) => `${severity} ${file} ${fix}`)).toEqual([
    expect.stringContaining('warning guides/b.md.txt Đổi thành "guides/b.md"'),
    expect.stringContaining('warning hoi.flow.yml Đổi thành "hoi.flow.yaml"'),
    expect.stringContaining('warning journeys/chao.flow.yaml Đổi thành "chao.flow.yaml"'),
  ]);
  await rm(folder, { recursive: true });
});
