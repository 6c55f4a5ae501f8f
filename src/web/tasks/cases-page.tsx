// What went wrong and is being mended.
import { type CaseAnswer, casePage } from '../../cases/case-schema.ts';
import { useTexts } from '../app/use-texts.tsx';
import { WorkPage, type WorkRow } from './work-table.tsx';

export function CasesPage() {
  const { pages } = useTexts();
  return (
    <WorkPage title={pages.work.cases} nothing={pages.work.noCases} path="/cases" schema={casePage} toRow={rowOf} />
  );
}

function rowOf(each: CaseAnswer): WorkRow {
  const { id, reason, kind, customer, owner, dueAt, status } = each;
  return { id, words: reason, kind, customer, owner, dueAt, isOpen: status === 'open' };
}
