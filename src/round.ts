// Work in rounds: rung as often as anybody likes, run once at a time, again as long as there is more.

export type Round = {
  /** There may be work. Cheap. */
  ring(): void;
  /** Resolves when no round is running. */
  idle(): Promise<void>;
  /** Begins nothing more; resolves when the round that runs is over. */
  stop(): Promise<void>;
};

/** `work` does one portion and answers whether there may be more at once. */
export function createRound(work: () => Promise<boolean>, onError: (error: unknown) => void): Round {
  let isStopped = false;
  let hasRung = false;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    // Not before `running` stands: work that rings must not begin a second run beside itself.
    await null;
    try {
      while (hasRung && !isStopped) {
        hasRung = false;
        if (await work()) hasRung = true;
      }
    } catch (error) {
      // The next ring tries again; rings that came meanwhile must not turn it into a hot loop.
      onError(error);
    } finally {
      // In one go with the last look at `hasRung`: a ring in between would be heard by nobody.
      running = null;
    }
  };
  const idle = async (): Promise<void> => {
    while (running) await running;
  };
  const ring = (): void => {
    hasRung = true;
    if (isStopped || running) return;
    running = run();
  };
  return {
    ring,
    idle,
    stop: () => {
      isStopped = true;
      return idle();
    },
  };
}
