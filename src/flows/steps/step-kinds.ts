// Every kind of step there is; a new kind is one file in this folder and one line here.
import { askKind } from './ask.ts';
import { bookKind } from './book.ts';
import { branchKind } from './branch.ts';
import { cancelTrainingKind } from './cancel-training.ts';
import { chooseKind } from './choose.ts';
import { consentKind } from './consent.ts';
import { endKind } from './end.ts';
import { goKind } from './go.ts';
import { guideKind } from './guide.ts';
import { handoverKind } from './handover.ts';
import { offerKind } from './offer.ts';
import { openCaseKind } from './open-case.ts';
import { openTaskKind } from './open-task.ts';
import { optInKind } from './opt-in.ts';
import { optOutKind } from './opt-out.ts';
import { rememberKind } from './remember.ts';
import { sayKind } from './say.ts';
import { setLanguageKind } from './set-language.ts';
import type { StepKind } from './step-kind.ts';
import { surveyKind } from './survey.ts';
import { tipKind } from './tip.ts';
import { waitKind } from './wait.ts';

export const stepKinds: readonly StepKind[] = [
  sayKind,
  askKind,
  chooseKind,
  branchKind,
  waitKind,
  rememberKind,
  surveyKind,
  offerKind,
  guideKind,
  tipKind,
  bookKind,
  cancelTrainingKind,
  openCaseKind,
  openTaskKind,
  handoverKind,
  optOutKind,
  optInKind,
  consentKind,
  setLanguageKind,
  goKind,
  endKind,
];

export const stepKindKeys: readonly string[] = stepKinds.map((kind) => kind.key);

/** The kinds whose key stands in the raw step: exactly one in a good step. */
export function kindsOf(raw: Record<string, unknown>): StepKind[] {
  return stepKinds.filter((kind) => Object.hasOwn(raw, kind.key));
}
