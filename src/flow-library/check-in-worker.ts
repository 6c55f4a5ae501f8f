// Checking takes seconds of a processor, messages do not wait for them: it runs in a thread of its own, which ends with its
// answer. A thread that crashes or finds no end changes nothing but the list of problems.
import { Worker } from 'node:worker_threads';
import { SECOND_MS } from '../clock.ts';
import { type CheckedFiles, checkedFilesSchema, nothingChecked } from './checked-files.ts';
import type { FolderTexts } from './read-flow-files.ts';

export type CheckOptions = {
  /** Ends a check that is under way: it then rejects. */
  signal: AbortSignal;
  longestMs?: number;
  /** What the thread runs; tests give it something that crashes. */
  program?: URL;
};

const LONGEST_CHECK_MS = 60 * SECOND_MS;
const PROGRAM = new URL('./check-flow-files.ts', import.meta.url);
/** A test that eats memory must not take the program with it. */
const MOST_MEMORY_MB = 512;
/** What a thread leaves behind stays with the process for a while. */
const MOST_YOUNG_MB = 16;

/** Rejects only when `signal` was given. */
export async function checkInWorker(texts: FolderTexts, options: CheckOptions): Promise<CheckedFiles> {
  const { signal, longestMs = LONGEST_CHECK_MS } = options;
  try {
    return checkedFilesSchema.parse(await ask(texts, { longestMs, ...options }));
  } catch (error) {
    signal.throwIfAborted();
    return nothingChecked(texts, describe(error, longestMs));
  }
}

const TOO_LONG = 'too_long';

function ask(texts: FolderTexts, options: CheckOptions & { longestMs: number }): Promise<unknown> {
  const { signal, longestMs, program = PROGRAM } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const worker = new Worker(program, {
      workerData: texts,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB, maxYoungGenerationSizeMb: MOST_YOUNG_MB },
      execArgv: [],
    });
    const finish = (settle: () => void) => {
      clearTimeout(limit);
      signal.removeEventListener('abort', onAbort);
      settle();
      void worker.terminate();
    };
    const onAbort = () => finish(() => reject(signal.reason));
    const limit = setTimeout(() => finish(() => reject(TOO_LONG)), longestMs);
    signal.addEventListener('abort', onAbort);
    worker.once('message', (answer: unknown) => finish(() => resolve(answer)));
    worker.once('error', (error) => finish(() => reject(error)));
    worker.once('exit', () => finish(() => reject(new Error('no answer'))));
  });
}

function describe(error: unknown, longestMs: number): { message: string; fix: string } {
  const fix =
    'Các bản đang dùng vẫn chạy. Chạy npm run flows:check để thấy chỗ sai; sửa một tệp là được kiểm tra lại ngay.';
  if (error === TOO_LONG) {
    return { message: `Kiểm tra các tệp kịch bản quá ${longestMs / SECOND_MS} giây chưa xong nên bị dừng.`, fix };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { message: `Không kiểm tra được các tệp kịch bản: ${reason}.`, fix };
}
