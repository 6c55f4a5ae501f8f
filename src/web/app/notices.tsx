// The place of notices; nothing is there before the first.
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { areNoticesWanted, onNotices } from './notify.ts';

const ShownNotices = lazy(() => import('./shown-notices.tsx'));

export function Notices() {
  const isWanted = useSyncExternalStore(onNotices, areNoticesWanted);
  return isWanted ? (
    <Suspense>
      <ShownNotices />
    </Suspense>
  ) : null;
}
