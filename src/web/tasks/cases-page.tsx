// What went wrong and is being mended.
import { WorkList } from './work-list.tsx';

export function CasesPage() {
  return <WorkList work="cases" />;
}
