// The quick way to start: when every flow file is, letter by letter, the newest version that was published, the files
// passed their checks already and can be played at once.
import type { Database } from '../database.ts';
import { checksumOf, type FlowVersion, newestVersions } from './publish-version.ts';
import type { FolderTexts } from './read-flow-files.ts';

/** null when any file is new, changed or gone. */
export async function findPublished(
  db: Database,
  { flows }: Pick<FolderTexts, 'flows'>,
): Promise<FlowVersion[] | null> {
  const byChecksum = new Map((await newestVersions(db.pool)).map((version) => [version.checksum, version]));
  const versions = [...flows.values()].flatMap((source) => byChecksum.get(checksumOf(source)) ?? []);
  return versions.length > 0 && versions.length === flows.size ? versions : null;
}
