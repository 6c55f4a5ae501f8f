// What stands around every page: where one can go, who one is, and the way back in when the session ended.
import { Center, Loader } from '@mantine/core';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { LiveProvider, useLive } from '../inbox/live.tsx';
import { useEscapeFromFields, useKeys } from './keys.ts';
import { Rail } from './rail.tsx';
import { useMe, useSession } from './session.tsx';
import classes from './shell.module.css';
import { Failed } from './states.tsx';
import { useTexts } from './use-texts.tsx';
import { whenNeeded } from './when-needed.ts';

const KeyMap = lazy(() => whenNeeded(() => import('./key-map.tsx')));
const LostSession = lazy(() => whenNeeded(() => import('../sign-in/lost-session.tsx')));

export function Shell() {
  const { me, isUnreachable, lookAgain } = useSession();
  const navigate = useNavigate();
  useEffect(() => {
    if (me !== null) return;
    const wanted = location.pathname + location.search;
    void navigate({ to: '/sign-in', search: wanted === '/' ? {} : { next: wanted }, replace: true });
  }, [me, navigate]);
  if (isUnreachable) return <Failed error={null} onRetry={lookAgain} />;
  if (!me)
    return (
      <Center h="100dvh">
        <Loader type="dots" />
      </Center>
    );
  return (
    <LiveProvider>
      <Frame />
    </LiveProvider>
  );
}

function Frame() {
  const { shell } = useTexts();
  const { isLost } = useSession();
  const [showsKeys, setShowsKeys] = useState(false);
  const { isConnected } = useLive();
  const navigate = useNavigate();
  const mayRead = useMe().scopes.includes('conversations:read');
  useKeys({
    '?': () => setShowsKeys(true),
    m: () => mayRead && void navigate({ to: '/inbox/$queue', params: { queue: 'mentions' } }),
  });
  useEscapeFromFields();
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {shell.skip}
      </a>
      <Rail onShowKeys={() => setShowsKeys(true)} />
      <main id="content" className={classes.content} tabIndex={-1}>
        <Outlet />
      </main>
      {!isConnected && (
        <div role="status" className={classes.offline}>
          {shell.offline}
        </div>
      )}
      {isLost && (
        <Suspense>
          <LostSession />
        </Suspense>
      )}
      {showsKeys && (
        <Suspense>
          <KeyMap onClose={() => setShowsKeys(false)} />
        </Suspense>
      )}
    </div>
  );
}
