// The conversation that is open, as its parts pass it on.
import type { z } from 'zod';
import type { conversationCard } from '../../inbox/context-schema.ts';

export type Conversation = z.infer<typeof conversationCard>;
export type Context = Conversation['context'];
