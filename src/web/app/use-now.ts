// The server's time for what counts down on the screen, moved twice a minute.
import { useEffect, useState } from 'react';
import { onServerClock, serverClock } from './server-clock.ts';

const STEP_MS = 30_000;

export function useNow(): number {
  const [now, setNow] = useState(serverClock);
  useEffect(() => {
    const look = () => setNow(serverClock());
    const timer = setInterval(look, STEP_MS);
    const forget = onServerClock(look);
    look();
    return () => {
      clearInterval(timer);
      forget();
    };
  }, []);
  return now;
}
