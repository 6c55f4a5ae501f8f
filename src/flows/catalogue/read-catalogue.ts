// The catalogue's files become one catalogue, or a list of everything that is wrong with them, each with its place.
import { explainIssues } from '../explain-issue.ts';
import type { GuideLibrary } from '../guides/guide-library.ts';
import { hintName } from '../nearest-name.ts';
import type { Finding, Problem } from '../problem.ts';
import { readYaml } from '../read-yaml.ts';
import { keysAt } from '../schema-keys.ts';
import { type Catalogue, makeCatalogue } from './catalogue.ts';
import { type CatalogueData, catalogueSchemas } from './catalogue-schema.ts';
import { checkHolidays, checkOffers, checkProducts, checkTemplates, checkTips } from './check-catalogue.ts';

export const catalogueFiles = ['offers', 'products', 'templates', 'tips', 'holidays'] as const;
type FileName = (typeof catalogueFiles)[number];

/**
 * `sources`: path → text; what a file is follows from its name ("catalogue/offers.yaml"). A file with an error counts as
 * not written, so that the rest can still be looked at. `guides`: null = their names are not checked.
 */
export function readCatalogue(
  sources: ReadonlyMap<string, string>,
  { guides = null }: { guides?: GuideLibrary | null } = {},
): { catalogue: Catalogue; problems: Problem[] } {
  const problems: Problem[] = [];
  const data: Partial<CatalogueData> = {};
  for (const [path, source] of sources) {
    const name = (path.split(/[/\\]/).at(-1) ?? '').replace(/\.yaml$/, '');
    const read = isFileName(name) ? readers[name](path, source, guides) : strangeFile(path, name);
    problems.push(...read.problems);
    Object.assign(data, read.data);
  }
  return { catalogue: makeCatalogue(data), problems };
}

type Read = { data: Partial<CatalogueData>; problems: Problem[] };

const readers: Readonly<Record<FileName, (path: string, source: string, guides: GuideLibrary | null) => Read>> = {
  offers: (path, source) => read(path, source, 'offers', checkOffers),
  products: (path, source, guides) => read(path, source, 'products', (data) => checkProducts(data, guides)),
  templates: (path, source) => read(path, source, 'templates', checkTemplates),
  tips: (path, source) => read(path, source, 'tips', checkTips),
  holidays: (path, source) => read(path, source, 'holidays', checkHolidays),
};

function read<Name extends FileName>(
  path: string,
  source: string,
  name: Name,
  check: (data: CatalogueData[Name]) => Finding[],
): Read {
  const yaml = readYaml(path, source);
  if (!yaml.ok) return { data: {}, problems: yaml.problems };
  const schema = catalogueSchemas[name];
  const parsed = schema.safeParse(yaml.file.data, { reportInput: true });
  if (!parsed.success) {
    const findings = explainIssues(parsed.error.issues, [], (at) => keysAt(schema, at));
    return { data: {}, problems: findings.map(yaml.file.place) };
  }
  // What the schema of this name parsed has this name's shape; the compiler cannot follow the index.
  const data = parsed.data as CatalogueData[Name];
  const problems = check(data).map(yaml.file.place);
  return { data: problems.some(({ severity }) => severity === 'error') ? {} : { [name]: data }, problems };
}

function strangeFile(path: string, name: string): Read {
  const fix = hintName(name, catalogueFiles);
  const message = `Trong catalogue không có file nào tên "${name}.yaml".`;
  const place = { file: path, line: 1, column: 1, step: null };
  return { data: {}, problems: [{ code: 'unknown_file', severity: 'error', ...place, message, fix }] };
}

function isFileName(name: string): name is FileName {
  return catalogueFiles.some((known) => known === name);
}
