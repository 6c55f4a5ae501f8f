// Every word on the screen in the language of whoever reads it; Vietnamese unless they chose otherwise.
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { type Texts, vi } from '../texts/vi.ts';
import { whenNeeded } from './when-needed.ts';

export type Language = 'vi' | 'en';
const KEY = 'ganbo.language';

type Spoken = { language: Language; texts: Texts; speak: (language: Language) => void };
const SpokenContext = createContext<Spoken>({ language: 'vi', texts: vi, speak: () => undefined });

export function TextsProvider({ children }: { children: ReactNode }) {
  const [language, speak] = useState<Language>(localStorage.getItem(KEY) === 'en' ? 'en' : 'vi');
  useEffect(() => {
    localStorage.setItem(KEY, language);
    document.documentElement.lang = language;
  }, [language]);
  // English is loaded by who reads it; until it is there they see Vietnamese, and lose nothing that they wrote.
  const [english, setEnglish] = useState<Texts | null>(null);
  useEffect(() => {
    if (language === 'en') void whenNeeded(() => import('../texts/en.ts')).then(({ en }) => setEnglish(en));
  }, [language]);
  const texts = language === 'vi' ? vi : (english ?? vi);
  return <SpokenContext value={{ language, texts, speak }}>{children}</SpokenContext>;
}

export const useSpoken = (): Spoken => useContext(SpokenContext);
export const useTexts = (): Texts => useContext(SpokenContext).texts;
