// What the catalogue that ships says is approved, the pretend providers have approved, word for word.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readCatalogue } from '../../src/flows/catalogue/read-catalogue.ts';
import { sampleUtilityTemplates, sampleZnsTemplates } from '../../src/sandbox/sample-templates.ts';

test('the catalogue and the sandbox agree on every template', async () => {
  const path = 'catalogue/templates.yaml';
  const { catalogue } = readCatalogue(new Map([[path, await readFile(`flows/${path}`, 'utf8')]]));
  const templates = [...catalogue.templates.values()];
  const ours = templates.map(({ channel, providerId, text, parameters }) => ({
    ...{ channel, providerId, text },
    names: Object.keys(parameters).sort(),
  }));
  const theirs = [
    ...sampleZnsTemplates.map(({ id, text, params }) => ({
      ...{ channel: 'zalo', providerId: id, text },
      names: params.map(({ name }) => name).sort(),
    })),
    ...sampleUtilityTemplates.map(({ name, body }) => ({
      ...{ channel: 'messenger', providerId: name, text: body },
      names: [...body.matchAll(/\{\{(\d+)\}\}/g)].map(([, number]) => number ?? '').sort(),
    })),
  ];
  const byName = (a: { providerId: string }, b: { providerId: string }) => a.providerId.localeCompare(b.providerId);
  expect(ours.toSorted(byName)).toEqual(theirs.toSorted(byName));
  for (const { channel, text } of templates) {
    // Meta refuses a text that begins or ends with a parameter.
    if (channel === 'messenger') expect(text).not.toMatch(/^\s*\{\{|\}\}\s*$/);
  }
});
