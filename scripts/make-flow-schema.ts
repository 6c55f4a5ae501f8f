// Writes the JSON schemas of flows/, by which editors complete and check flow, journey and catalogue files while typing.
// Run after a change to the language; a test fails when the committed files are stale.
import { writeFile } from 'node:fs/promises';
import { jsonSchemas } from '../src/flows/make-json-schema.ts';

for (const [path, schema] of jsonSchemas()) {
  await writeFile(new URL(`../${path}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`Đã ghi ${path}.`);
}
