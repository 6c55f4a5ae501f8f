// What the reports of the test runs say: `failed-files <folder>` lists files, `sum <folder> <exit> <failed commands>` names
// what failed and ends with "N passed, N failed". Plain JavaScript: it runs on the machine's own Node.
import { existsSync, readFileSync } from 'node:fs';

const [verb, folder, testsExit, failedCommands] = process.argv.slice(2);

/** File → its part of the report; a file that could not even be loaded has no tests. */
function readReport(name) {
  const path = `${folder}/${name}.json`;
  if (!existsSync(path)) return new Map();
  return new Map(JSON.parse(readFileSync(path, 'utf8')).testResults.map((file) => [file.name, file]));
}

/** The tests of a file, and the file itself where it did not load. */
function testsOf(file) {
  const { name, status, message, assertionResults } = file;
  const tests = assertionResults.map((test) => ({
    name: `${name} > ${test.fullName}`,
    status: test.status,
    why: (test.failureMessages ?? []).join('\n'),
  }));
  const isBroken = status === 'failed' && !tests.some((test) => test.status === 'failed');
  return isBroken ? [...tests, { name, status, why: message }] : tests;
}

const isFailed = ({ status }) => status === 'failed';
const first = readReport('all');

if (verb === 'failed-files') {
  for (const file of first.values()) if (testsOf(file).some(isFailed)) console.log(file.name);
} else {
  const again = readReport('again');
  let passed = 0;
  let failed = 0;
  for (const [name, file] of first) {
    const before = testsOf(file);
    const now = again.has(name) ? testsOf(again.get(name)) : before;
    passed += now.filter(({ status }) => status === 'passed').length;
    failed += now.filter(isFailed).length;
    for (const test of before.filter(isFailed)) console.log(`FAILED ${test.name}\n${test.why.slice(0, 2000)}\n`);
    if (!now.some(isFailed) && before.some(isFailed)) console.log(`PASSED ALONE ${name}: mend it all the same.\n`);
  }
  // Something outside the tests went wrong: an unhandled error, a setup that failed, no test at all.
  if (passed === 0 || (Number(testsExit) !== 0 && failed === 0 && again.size === 0)) failed += 1;
  failed += Number(failedCommands);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
