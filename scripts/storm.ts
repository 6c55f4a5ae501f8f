// npm run storm: storms over the whole program, each judged by the same oracle. Names, seeds and sizes can be given:
// npm run storm -- --kind kill-two --seed 7 --messages 10000
import { parseArgs } from 'node:util';
import { runStorm, type StormReport } from '../test/storm/run-storm.ts';
import { type StormName, stormKinds } from '../test/storm/storm-kinds.ts';

const names = Object.keys(stormKinds).filter((name): name is StormName => name in stormKinds);
const values = readOptions();
const seed = Number(values?.seed ?? Date.now() % 100_000);
const messages = Number(values?.messages ?? 1_000);
const asked = values?.kind?.split(',') ?? names;
const wanted = names.filter((name) => asked.includes(name));
if (!values || wanted.length < new Set(asked).size || !(messages > 0) || !Number.isInteger(seed)) {
  console.error('npm run storm -- --kind kill-two,faults --seed 7 --messages 10000; without a kind all of them:');
  for (const name of names) console.error(`  ${name.padEnd(18)} ${stormKinds[name].what}`);
  process.exit(2);
}

let isBroken = false;
for (const kind of wanted) {
  const report = await runStorm({ kind, seed, messages });
  isBroken ||= report.broken.length > 0;
  print(report);
}
process.exit(isBroken ? 1 : 0);

/** null = there is no such option. */
function readOptions() {
  const option = { type: 'string' } as const;
  try {
    return parseArgs({ options: { kind: option, seed: option, messages: option } }).values;
  } catch {
    return null;
  }
}

function print({ kind, seed: used, kills, figures, seconds, ...more }: StormReport): void {
  const { deliveries, repeats, messages: written, kept, accepted, sent, parked, failed } = figures;
  const { statuses, reordered, broken, told, said, logged } = more;
  console.log(`\n${kind} (seed ${used}): ${stormKinds[kind].what}`);
  console.log(
    `  deliveries ${deliveries} of ${written} messages and what follows them, repeats ${repeats}, out of the row ${reordered}, ended ${kills} times`,
  );
  console.log(
    `  heard ${kept}, accepted by the provider ${accepted}, sent ${sent}, parked ${parked}, failed ${failed}`,
  );
  console.log(`  answers ${JSON.stringify(statuses)}, ${seconds.feeding} s of storm, quiet after ${seconds.quiet} s`);
  console.log(`  ${logged} lines of log looked through`);
  console.log(
    broken.length === 0
      ? '  0 lost, 0 doubled, 0 out of order'
      : `  BROKEN\n    ${[...broken, ...told.flat()].join('\n    ')}\n${said}`,
  );
}
