// What people have to do, the most urgent first.
import { Button } from '@mantine/core';
import { type TaskAnswer, taskPage } from '../../cases/task-schema.ts';
import { useMe } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useChange } from '../inbox/use-change.ts';
import { WorkPage, type WorkRow } from './work-table.tsx';

export function TasksPage() {
  const { pages } = useTexts();
  const { scopes } = useMe();
  const mayEnd = scopes.includes('records:write');
  return (
    <WorkPage
      title={pages.work.tasks}
      nothing={pages.work.noTasks}
      path="/tasks"
      schema={taskPage}
      toRow={rowOf}
      {...(mayEnd ? { action: (row: WorkRow) => <Done row={row} /> } : {})}
    />
  );
}

function rowOf(task: TaskAnswer): WorkRow {
  const { id, title, kind, customer, owner, dueAt, status } = task;
  return { id, words: title, kind, customer, owner, dueAt, isOpen: status === 'open' };
}

function Done({ row }: { row: WorkRow }) {
  const { pages } = useTexts();
  const me = useMe();
  const change = useChange(['work']);
  return (
    <Button
      size="xs"
      variant="light"
      loading={change.isPending}
      aria-label={pages.work.markDone(row.words)}
      onClick={() => change.mutate({ path: `/tasks/${row.id}/done`, body: { by: me.email } })}
    >
      {pages.work.done}
    </Button>
  );
}
