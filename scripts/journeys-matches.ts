// npm run journeys:matches -- <id>: who matches a journey now, before it is switched on. Reads the journey's file as it
// is, published or not, and writes nothing.
import { systemClock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import { StartError } from '../src/errors.ts';
import { readFolderTexts } from '../src/flow-library/read-flow-files.ts';
import { readCatalogue } from '../src/flows/catalogue/read-catalogue.ts';
import { compileJourneySource } from '../src/flows/journeys/compile-journey.ts';
import { journeyIdOfPath, readJourney } from '../src/flows/journeys/read-journey.ts';
import { formatProblem } from '../src/flows/problem.ts';
import { careFacts } from '../src/journeys/catalogue-of-customer.ts';
import { findMatches } from '../src/journeys/find-matches.ts';
import { withDatabase } from './open-database.ts';

/** The terminal has no timeout of a browser. */
const LONGEST_MS = 10 * 60_000;

const [id] = process.argv.slice(2);
await withDatabase({ call: 'npm run journeys:matches -- <id>', names: 1 }, async ({ db }, config) => {
  const { journey, catalogue } = await readFiles(config, id);
  const deps = { db, clock: systemClock, facts: careFacts(config, () => ({ catalogue })) };
  const { count, examined, isComplete, matches } = await findMatches(deps, journey, { forMs: LONGEST_MS });
  for (const match of matches) {
    console.log(`${match.customer ?? '(chưa có mã)'}  ${match.for}  ${JSON.stringify(match.facts)}`);
  }
  const more = count > matches.length ? `, trên đây là ${matches.length} người đầu` : '';
  console.log(
    `${count} trường hợp khớp trong ${examined} khách${more}${isComplete ? '' : ' (chưa xem hết: quá lâu)'}.`,
  );
});

async function readFiles({ flowsDir }: Config, wanted: string | undefined) {
  const { journeys, catalogue } = await readFolderTexts(flowsDir);
  const path = `journeys/${wanted}.journey.yaml`;
  const source = journeys.get(path);
  const read = source === undefined ? null : readJourney(path, source);
  const journey = source === undefined ? null : compileJourneySource(path, source);
  if (journey) return { journey, catalogue: readCatalogue(catalogue).catalogue };
  const known = [...journeys.keys()].map(journeyIdOfPath).join(', ');
  throw read
    ? new StartError(read.problems.map(formatProblem).join('\n'), 'Sửa file rồi chạy lại.')
    : new StartError(`Không có hành trình "${wanted ?? ''}".`, `Gọi: npm run journeys:matches -- <tên>. Có: ${known}.`);
}
