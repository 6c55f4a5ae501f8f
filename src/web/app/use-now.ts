// The current time for what counts down on the screen, moved twice a minute.
import { useEffect, useState } from 'react';
import { readClock } from './page-facts.ts';

const STEP_MS = 30_000;

export function useNow(): number {
  const [now, setNow] = useState(readClock);
  useEffect(() => {
    const timer = setInterval(() => setNow(readClock()), STEP_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
