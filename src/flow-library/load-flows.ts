// The first reading of all flows, which outlives a database that is not there yet.
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isConnectionLost } from '../database.ts';
import type { FlowLibrary } from './flow-library.ts';

const LOAD_AGAIN_MS = 1_000;

type Loading = { log: Logger; library: FlowLibrary; over: { isStopped: boolean; isLoaded: boolean } };

/**
 * Reading and testing all flows takes a moment: webhooks are accepted meanwhile, and worked when it is over.
 * A database that goes away during the first second is waited for; anything else is told to whoever awaits.
 */
export async function loadFlows({ log, library, over }: Loading): Promise<void> {
  while (!over.isLoaded) {
    try {
      await library.refresh();
      over.isLoaded = true;
    } catch (error) {
      if (over.isStopped || !isConnectionLost(error)) throw error;
      log.warn({ err: error }, 'the flows wait for the database');
      await wait(LOAD_AGAIN_MS);
    }
  }
}
