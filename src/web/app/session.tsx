// Who is signed in. When the session ends while somebody works, the page stays as it is and asks them in again.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type Me, meAnswer } from './answers.ts';
import { ApiError, callApi, tell, whenSignedOut } from './call-api.ts';

type Session = {
  /** undefined = not known yet. */
  me: Me | null | undefined;
  /** It ended while they worked. */
  isLost: boolean;
  /** The server cannot be asked. */
  isUnreachable: boolean;
  enter: (me: Me) => void;
  leave: () => Promise<void>;
  lookAgain: () => void;
};

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [me, setMe] = useState<Me | null>();
  const [isLost, setLost] = useState(false);
  const [isUnreachable, setUnreachable] = useState(false);
  const lookAgain = useCallback(() => {
    setUnreachable(false);
    callApi(meAnswer, { path: '/me' }).then(setMe, (error: unknown) => {
      if (error instanceof ApiError && error.status === 401) setMe(null);
      else setUnreachable(true);
    });
  }, []);
  useEffect(lookAgain, [lookAgain]);
  useEffect(() => whenSignedOut(() => setLost(true)), []);
  const session = useMemo<Session>(
    () => ({
      me,
      isLost: isLost && me !== null && me !== undefined,
      isUnreachable,
      lookAgain,
      enter: (next) => {
        // Somebody else at the same screen sees nothing of what was here.
        if (me && me.id !== next.id) return location.reload();
        setMe(next);
        setLost(false);
        void queries.invalidateQueries();
      },
      leave: async () => {
        await tell({ method: 'DELETE', path: '/session' }).catch(() => undefined);
        location.assign('/sign-in');
      },
    }),
    [me, isLost, isUnreachable, lookAgain, queries],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('No session around this page.');
  return session;
}

/** Only inside the shell, where somebody is signed in. */
export function useMe(): Me {
  const { me } = useSession();
  if (!me) throw new Error('Nobody is signed in.');
  return me;
}
