// Whoever works by keyboard stays where they are: when what has the focus goes away or can no longer be used, what stands
// beside it takes over, and not the top of the page.

/** What a key may be pressed on without writing into it. */
const HOLDS = 'a[href], button:not(:disabled), [role="option"], [tabindex="0"]';
const OVER = '[role="dialog"], [role="menu"], [role="listbox"]';
/** Dialogs give the focus back by themselves; this is for when there is nobody to give it to. */
const PATIENCE_MS = 50;

/** For the whole life of the page. */
export function keepFocus(): void {
  /** From what has the focus outwards; and the same for what had it before something opened over it. */
  let here: HTMLElement[] = [];
  let behind: HTMLElement[] = [];
  let isLooking = false;
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    here = pathOf(target);
    if (target.closest(OVER) === null) behind = here;
  });
  const look = () => {
    isLooking = false;
    const [last] = here;
    if (document.activeElement !== document.body || last === undefined) return;
    const places = [...here, ...behind];
    here = [];
    // Else it was left on purpose, as by a click beside it.
    if (!isUsable(last)) (placeFor(places) ?? document.querySelector('main'))?.focus({ preventScroll: true });
  };
  const lookSoon = () => {
    if (!isLooking) setTimeout(look, PATIENCE_MS);
    isLooking = true;
  };
  document.addEventListener('focusout', lookSoon);
  const changes = { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] };
  new MutationObserver(lookSoon).observe(document.body, changes);
}

/** The way outwards as far as the page's main part. */
function pathOf(element: HTMLElement): HTMLElement[] {
  const path = [element];
  for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement) {
    path.push(at);
    if (at.tagName === 'MAIN') break;
  }
  return path;
}

function placeFor(path: HTMLElement[]): HTMLElement | null {
  for (const place of path.filter(isUsable)) {
    if (place.matches(`[tabindex], ${HOLDS}, input, textarea`)) return place;
    const found = [...place.querySelectorAll<HTMLElement>(HOLDS)].find((one) => one.checkVisibility());
    if (found && place.closest('main') !== null) return found;
  }
  return null;
}

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(':disabled');
}
