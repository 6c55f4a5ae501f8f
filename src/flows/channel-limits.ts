// What fits on each channel: lengths and numbers of buttons, from the contract sheets (last compared 2026-11-21).

export type ChannelLimits = {
  /** Longest text of one message; longer ones are cut into several. */
  text: number;
  /** Longest text above link buttons. */
  textWithLinks: number;
  /** Things to tap that answer us. */
  choices: number;
  choiceTitle: number;
  links: number;
  linkTitle: number;
};

export const channelLimits: Readonly<Record<'zalo' | 'messenger', ChannelLimits>> = {
  zalo: { text: 2_000, textWithLinks: 2_000, choices: 5, choiceTitle: 100, links: 5, linkTitle: 100 },
  messenger: { text: 1_999, textWithLinks: 640, choices: 13, choiceTitle: 20, links: 3, linkTitle: 20 },
};

export const channelTitles: Readonly<Record<'zalo' | 'messenger', string>> = { zalo: 'Zalo', messenger: 'Messenger' };

/** Hours since the customer last acted: free talk on Messenger and Zalo, and when Zalo refuses. For checks of files only. */
export const defaultWindowHours = { messenger: 24, zaloFree: 48, zaloClosed: 7 * 24 } as const;
