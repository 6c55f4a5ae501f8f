// The address inside a sender such as "Gắn Bó <cskh@example.com>".

/** Lower case: the same mailbox is one account. */
export function addressOf(sender: string): string {
  return (/<([^<>]+)>/.exec(sender)?.[1] ?? sender).trim().toLowerCase();
}

/** What stands behind the @. */
export function domainOf(address: string): string {
  return address.split('@').at(-1) ?? 'localhost';
}
