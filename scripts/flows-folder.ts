// The folder that the commands about flows read: the one that was named, else the one that the program itself reads.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { type FolderTexts, readFolderTexts } from '../src/flow-library/read-flow-files.ts';

/** Null when there are no flows to read; then that was said, and the exit code is 1. */
export async function openFlowsFolder(named?: string): Promise<{ directory: string; texts: FolderTexts } | null> {
  const directory = named ?? (await folderOfSettings());
  const texts = await readFolderTexts(directory).catch(() => null);
  if (texts !== null && texts.flows.size + texts.journeys.size > 0) return { directory, texts };
  console.error(
    `Không có kịch bản nào ở "${directory}". → Chỉ đúng thư mục chứa các file .flow.yaml (mặc định: flows).`,
  );
  process.exitCode = 1;
  return null;
}

async function folderOfSettings(): Promise<string> {
  const file = await readFile(fileURLToPath(new URL('../.env', import.meta.url)), 'utf8').catch(() => '');
  const { FLOWS_DIR } = { ...parseEnv(file), ...process.env };
  return FLOWS_DIR?.trim() || 'flows';
}
