// The words of the app with those of customers: they come with these pages, so that the inbox opens without them.
import { type Language, useSpoken as useAppWords } from '../app/use-texts.tsx';
import { enCustomer } from '../texts/en-customer.ts';
import { enLedger, enLedgerGroups } from '../texts/en-ledger.ts';
import type { Texts as AppTexts } from '../texts/vi.ts';
import { viCustomer } from '../texts/vi-customer.ts';
import { viLedger, viLedgerGroups } from '../texts/vi-ledger.ts';

const vi = { customer: viCustomer, ledger: viLedger, ledgerGroups: viLedgerGroups };
const words: Record<Language, typeof vi> = {
  vi,
  en: { customer: enCustomer, ledger: enLedger, ledgerGroups: enLedgerGroups },
};
type Texts = AppTexts & { pages: typeof vi };

export function useSpoken(): { texts: Texts; language: Language } {
  const { texts, language } = useAppWords();
  return { texts: { ...texts, pages: { ...texts.pages, ...words[language] } }, language };
}
export const useTexts = (): Texts => useSpoken().texts;
