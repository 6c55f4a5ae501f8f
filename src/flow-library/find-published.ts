// The quick way to start: when every flow file is, letter by letter, the newest version that was published, the files
// passed their checks already and can be played at once.
import { join } from 'node:path';
import type { Database } from '../database.ts';
import { type GuideFile, readGuideFiles } from '../flows/guides/read-guides-directory.ts';
import { checksumOf, type FlowVersion, newestVersions } from './publish-version.ts';
import { readFlowFiles } from './read-flow-files.ts';

/** null when any file is new, changed or gone. */
export async function findPublished({
  db,
  flowsDir,
}: {
  db: Database;
  flowsDir: string;
}): Promise<{ versions: FlowVersion[]; guideFiles: GuideFile[] } | null> {
  const [files, newest, guideFiles] = await Promise.all([
    readFlowFiles(flowsDir),
    newestVersions(db.pool),
    readGuideFiles(join(flowsDir, 'guides')),
  ]);
  const byChecksum = new Map(newest.map((version) => [version.checksum, version]));
  const versions = [...files.flows.values()].flatMap((source) => byChecksum.get(checksumOf(source)) ?? []);
  return versions.length > 0 && versions.length === files.flows.size ? { versions, guideFiles } : null;
}
