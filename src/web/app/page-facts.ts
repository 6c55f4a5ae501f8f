// What the server wrote into the page when it served it.
const metaOf = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** Style elements without it are refused by the page's policy. */
export const styleNonce = metaOf('csp-nonce');
/** Where the business is. */
export const timeZone = metaOf('time-zone') || 'Asia/Ho_Chi_Minh';
export const hasSandbox = metaOf('has-sandbox') === 'yes';

/** The browser's clock, ms since the epoch: how long something takes. What time it is says the server's (server-clock.ts). */
export const readClock = Date.now;
