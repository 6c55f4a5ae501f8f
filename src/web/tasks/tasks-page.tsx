// What people have to do, the most urgent first.
import { WorkList } from './work-list.tsx';

export function TasksPage() {
  return <WorkList work="tasks" />;
}
