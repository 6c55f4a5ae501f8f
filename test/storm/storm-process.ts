// One process of the program in a storm, on a port that stays its own over all its lives.
import { setTimeout as wait } from 'node:timers/promises';
import { type AppProcess, createAppProcess } from './app-process.ts';

export type StormProcess = AppProcess & {
  /** Starts it and waits until it takes webhooks and has read its flows; false = it died meanwhile. */
  startReady(withinMs?: number): Promise<boolean>;
};

export async function createStormProcess(env: Record<string, string>, main?: string): Promise<StormProcess> {
  const app = await createAppProcess(env, main);
  return {
    ...app,
    startReady: async (withinMs = 60_000) => {
      app.start();
      for (const end = Date.now() + withinMs; Date.now() < end; ) {
        const answer = await fetch(`${app.address}/readyz`).catch(() => null);
        if (answer?.status === 200 && (await answer.text()).includes('"dem"')) return true;
        // A start that found no database in time has ended; whoever runs a program starts it again.
        if (!app.isAlive()) app.start();
        await wait(100);
      }
      return false;
    },
  };
}
