// Every word on the screen in the language of whoever reads it; Vietnamese unless they chose otherwise.
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { en } from '../texts/en.ts';
import { type Texts, vi } from '../texts/vi.ts';

export type Language = 'vi' | 'en';
const KEY = 'ganbo.language';
const all: Record<Language, Texts> = { vi, en };

type Spoken = { language: Language; texts: Texts; speak: (language: Language) => void };
const SpokenContext = createContext<Spoken>({ language: 'vi', texts: vi, speak: () => undefined });

export function TextsProvider({ children }: { children: ReactNode }) {
  const [language, speak] = useState<Language>(localStorage.getItem(KEY) === 'en' ? 'en' : 'vi');
  useEffect(() => {
    localStorage.setItem(KEY, language);
    document.documentElement.lang = language;
  }, [language]);
  return <SpokenContext value={{ language, texts: all[language], speak }}>{children}</SpokenContext>;
}

export const useSpoken = (): Spoken => useContext(SpokenContext);
export const useTexts = (): Texts => useContext(SpokenContext).texts;
