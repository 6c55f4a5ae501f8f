import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { checkFolder } from '../../../src/flow-library/check-folder.ts';
import { jsonSchemas } from '../../../src/flows/make-json-schema.ts';
import { guides } from '../sample-run.ts';

const readme = await readFile('flows/README.md', 'utf8');
const block = (kind: string) => new RegExp(`\`\`\`yaml ${kind}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? '';
const one = (path: string, kind: string): [string, string] => [path, block(kind)];

describe('what flows/README.md shows of journeys and the catalogue', () => {
  it('has no problems, and its tests are green and come to every step', () => {
    const { problems, journeyReport } = checkFolder(
      {
        flows: new Map([one('hoi-tham.flow.yaml', 'flow')]),
        tests: new Map(),
        journeys: new Map([one('journeys/thang-dau.journey.yaml', 'journey')]),
        journeyTests: new Map([one('journeys/thang-dau.test.yaml', 'journey-test')]),
        catalogue: new Map(
          ['offers', 'products', 'templates', 'tips', 'holidays'].map((kind) => one(`catalogue/${kind}.yaml`, kind)),
        ),
      },
      guides,
    );
    expect(problems).toEqual([]);
    expect(journeyReport.results).toHaveLength(4);
    expect(journeyReport.coverage).toEqual([{ flow: 'thang-dau', steps: 2, visited: 2, missed: [] }]);
  });

  it.each([...jsonSchemas()])('%s is fresh (npm run flows:schema)', async (path, schema) => {
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
  });
});
