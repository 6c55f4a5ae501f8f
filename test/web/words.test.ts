// What the program stores by a name of its own stands on screens in words: a name without one is shown as it is stored.
import { expect, test } from 'vitest';
import { caseKind } from '../../src/cases/case-schema.ts';
import { taskKinds } from '../../src/cases/task-schema.ts';
import { touchpointKinds } from '../../src/ledger/touchpoint-schema.ts';
import { surveyStates } from '../../src/surveys/survey-schema.ts';
import { viCustomer } from '../../src/web/texts/vi-customer.ts';
import { viLedger } from '../../src/web/texts/vi-ledger.ts';
import { viWork } from '../../src/web/texts/vi-work.ts';

// The English words are the same by type.
test.each<[string, readonly string[], object]>([
  ['lines of the ledger', touchpointKinds, viLedger],
  ['surveys', surveyStates, viCustomer.surveyState],
  ['cases and tasks', [...caseKind.options, ...taskKinds], viWork.kinds],
])('%s have a word each, and no word is for nothing', (_, stored, words) => {
  expect(Object.keys(words).toSorted()).toEqual([...new Set(stored)].toSorted());
});
