// Parts of the app that are loaded when they are needed. While the server is away they are waited for; after an update of
// the program they are there under other names, and the page is loaded afresh: what was written is kept.

const TRIED = 'ganbo.afresh.';
const AGAIN_MS = 3_000;

/** For `lazy` and whoever imports in the middle of the work. */
export async function whenNeeded<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (await isServerThere()) return await loadAfresh(error);
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}

function isServerThere(): Promise<boolean> {
  return fetch('/healthz', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Once for each mistake: what the new page does not find either is a mistake of ours. */
function loadAfresh(error: unknown): Promise<never> {
  const key = `${TRIED}${error instanceof Error ? error.message : ''}`;
  if (sessionStorage.getItem(key) !== null) throw error;
  sessionStorage.setItem(key, 'tried');
  location.reload();
  return new Promise(() => undefined);
}
