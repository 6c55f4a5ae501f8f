// The place of notices; nothing is there before the first. What shows them comes right after the first look: without a
// network it could no longer be had, and then it is wanted most.
import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { areNoticesWanted, onNotices } from './notify.ts';

const load = () => import('./shown-notices.tsx');
const ShownNotices = lazy(load);

export function Notices() {
  useEffect(() => void load(), []);
  const isWanted = useSyncExternalStore(onNotices, areNoticesWanted);
  return isWanted ? (
    <Suspense>
      <ShownNotices />
    </Suspense>
  ) : null;
}
