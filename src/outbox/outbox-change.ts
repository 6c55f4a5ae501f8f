// What the conversation asks of messages that are on their way.

/** Changes to rows that the outbox owns, asked for by echoes, receipts, take-overs and opt-outs. */
export type OutboxChange =
  | {
      change: 'receipt';
      receipt: 'delivered' | 'read';
      messageIds: string[];
      watermark: Date | null;
      at: Date;
      outboundMessageId: string | null;
    }
  | { change: 'echo'; messageId: string | null; outboundMessageId: string | null; text: string | null }
  | { change: 'skip_queued'; which: 'flow' | 'unasked'; reason: string }
  | { change: 'skip_queued'; which: 'run'; runId: string; reason: string }
  /** What staff said beforehand for the hour before a training: it is of no use from the training's start on. */
  | { change: 'skip_queued'; which: 'reminder'; startsAt: Date; reason: string };
