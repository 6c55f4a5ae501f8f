// node --import ./without-pace.ts …: as if a page might say as much as it likes. Messenger's 300 texts a second would
// otherwise be what is measured.
import { registerHooks } from 'node:module';

const PACED = /textPerSecond: 300\b/;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith('/channels/messenger/pace.ts')) return loaded;
    const source = String(loaded.source);
    if (!PACED.test(source)) throw new Error('pace.ts does not say its pace as without-pace.ts knows it.');
    return { ...loaded, source: source.replace(PACED, 'textPerSecond: 1_000_000') };
  },
});
