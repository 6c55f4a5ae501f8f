// Our mark on every message we send: comes back as `metadata` of the echo and says which outbound message it was.

const MARK = /^ganbo:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

export function writeEchoMark(outboundMessageId: string): string {
  return `ganbo:${outboundMessageId}`;
}

/** The outbound message's id (a UUID), undefined when the mark is not ours. */
export function readEchoMark(metadata: string | undefined): string | undefined {
  return metadata === undefined ? undefined : MARK.exec(metadata)?.[1]?.toLowerCase();
}
