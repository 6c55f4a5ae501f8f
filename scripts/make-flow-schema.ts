// Writes flows/flow.schema.json and flows/test.schema.json, by which editors complete and check flow files while typing.
// Run after a change to the language; a test fails when the committed files are stale.
import { writeFile } from 'node:fs/promises';
import { makeFlowJsonSchema, makeTestJsonSchema } from '../src/flows/make-json-schema.ts';

for (const [path, schema] of [
  ['flows/flow.schema.json', makeFlowJsonSchema()],
  ['flows/test.schema.json', makeTestJsonSchema()],
] as const) {
  await writeFile(new URL(`../${path}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`Đã ghi ${path}.`);
}
