// Conversations as REST answers them, with what the channel's window allows at this moment.

import type { Prisma } from '../../prisma/generated/client.ts';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { askWindow, type WindowRules } from '../channels/messaging-window.ts';
import type { Clock } from '../clock.ts';
import { conversationStateSchema } from '../conversations/conversation.ts';
import type { Database } from '../database.ts';
import { collectValues, seesConversation, type Viewer } from '../http/may-see.ts';
import type { ConversationAnswer } from './conversation-schema.ts';

export type ReadConversationDeps = { db: Database; clock: Clock; windowRules: WindowRules };

const include = { identity: true, customer: { select: { externalId: true } } } as const;
type StoredConversation = Prisma.ConversationGetPayload<{ include: typeof include }>;
type Version = { id: string; flow: string; number: number };

/** One per channel identity, the last active first; null when there is no customer with this external id. */
export async function readConversationsOf(
  deps: ReadConversationDeps,
  externalId: string,
  viewer: Viewer,
): Promise<ConversationAnswer[] | null> {
  const customer = await deps.db.prisma.customer.findUnique({
    where: { externalId },
    select: { conversations: { include, orderBy: [{ updatedAt: 'desc' }, { id: 'asc' }] } },
  });
  if (!customer) return null;
  const seen = await seenAmong(deps, customer.conversations, viewer);
  return await answersOf(deps, seen);
}

async function seenAmong(
  { db }: ReadConversationDeps,
  conversations: StoredConversation[],
  viewer: Viewer,
): Promise<StoredConversation[]> {
  if (!viewer.isLimited) return conversations;
  const { values, value } = collectValues([conversations.map(({ id }) => id)]);
  const seen = seesConversation('c', viewer, value);
  const text = `SELECT c.id FROM conversations c WHERE c.id = ANY($1::uuid[]) AND ${seen}`;
  const { rows } = await db.pool.query<{ id: string }>(text, values);
  const ids = new Set(rows.map(({ id }) => id));
  return conversations.filter(({ id }) => ids.has(id));
}

export async function readConversation(deps: ReadConversationDeps, id: string): Promise<ConversationAnswer | null> {
  const conversation = await deps.db.prisma.conversation.findUnique({ where: { id }, include });
  if (!conversation) return null;
  const [answer] = await answersOf(deps, [conversation]);
  return answer ?? null;
}

async function answersOf(deps: ReadConversationDeps, rows: StoredConversation[]): Promise<ConversationAnswer[]> {
  const ids = [...new Set(rows.flatMap((row) => row.flowVersionId ?? []))];
  const versions: Version[] =
    ids.length === 0
      ? []
      : await deps.db.prisma.flowVersion.findMany({
          where: { id: { in: ids } },
          select: { id: true, flow: true, number: true },
        });
  const byId = new Map(versions.map((version) => [version.id, version]));
  return rows.map((row) => answerOf(deps, row, byId.get(row.flowVersionId ?? '') ?? null));
}

function answerOf(deps: ReadConversationDeps, row: StoredConversation, version: Version | null): ConversationAnswer {
  return {
    id: row.id,
    channel: channelNameSchema.parse(row.identity.channel),
    peerId: row.identity.externalId,
    customer: row.customer.externalId,
    state: conversationStateSchema.parse(row.state),
    owner: row.owner,
    flow: version?.flow ?? null,
    version: version?.number ?? null,
    step: row.step,
    waitingSince: iso(row.waitingSince),
    takenOverAt: iso(row.takenOverAt),
    resolvedAt: iso(row.resolvedAt),
    lastInteractionAt: iso(row.identity.lastInteractionAt),
    window: windowOf(deps, row, 'program'),
    agentWindow: windowOf(deps, row, 'person'),
    misunderstandings: row.misunderstandings,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function windowOf(
  { clock, windowRules }: ReadConversationDeps,
  { identity }: StoredConversation,
  writtenBy: 'program' | 'person',
): ConversationAnswer['window'] {
  const now = clock.now();
  const { lastInteractionAt, followedAt } = identity;
  const channel = channelNameSchema.parse(identity.channel);
  const question = {
    channel,
    now,
    lastInteractionAt,
    followedAt,
    messageKind: 'text',
    purpose: 'answer',
    writtenBy,
  } as const;
  const answer = askWindow(question, windowRules);
  if (!answer.allowed) return { isOpen: false, kind: null, closesAt: null, leftMs: null, reason: answer.reason };
  const leftMs = answer.closesAt && answer.closesAt.getTime() - now.getTime();
  return { isOpen: true, kind: answer.permit.mode, closesAt: iso(answer.closesAt), leftMs, reason: answer.reason };
}

function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
