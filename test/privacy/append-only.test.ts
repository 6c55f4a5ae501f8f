// Proof is only ever added to: nothing in the program changes or deletes a consent or a row of the audit, but erasure and
// time, which go by the list of personal data.
import { expect, test } from 'vitest';
import { personalData } from '../../src/privacy/personal-data.ts';
import { readSources } from '../structure/read-sources.ts';

const changes = /(UPDATE|DELETE FROM|TRUNCATE)\s+"?(consents|audit_entries)\b/i;
/** Two records that become one keep all their proof: only whose it is changes. */
const MOVES_OWNERS = /^src\/customers\/(merge|join|part|moved)/;

test('no statement changes or deletes consents or audit entries', () => {
  const found = readSources('src/**/*.ts').filter(({ path, text }) => changes.test(text) && !MOVES_OWNERS.test(path));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('time never takes a consent, and the audit only after five years and more', () => {
  expect(personalData.consents?.retention).toBeNull();
  expect(personalData.audit_entries?.retention).toMatchObject({ class: 'audit' });
});
