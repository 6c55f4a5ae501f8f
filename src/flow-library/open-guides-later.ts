// Guides that passed their checks before are read at the first question, not before the first message can be taken.
import type { GuideLibrary } from '../flows/guides/guide-library.ts';

export function openGuidesLater(open: () => GuideLibrary): GuideLibrary {
  let library: GuideLibrary | null = null;
  const opened = (): GuideLibrary => {
    library ??= open();
    return library;
  };
  return {
    get guides() {
      return opened().guides;
    },
    byId: (id) => opened().byId(id),
    byTitle: (text) => opened().byTitle(text),
    search: (question) => opened().search(question),
    forProducts: (products) => openGuidesLater(() => opened().forProducts(products)),
  };
}
