// All routes of the inbox of staff, with what they need.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type AttachmentDeps, attachmentRoutes } from './attachment-routes.ts';
import { type DeskRouteDeps, deskRoutes } from './desk-routes.ts';
import { type FactsOfDeps, factsOfConversation } from './facts-of-conversation.ts';
import { type InboxReadDeps, inboxRoutes } from './inbox-routes.ts';
import type { SupervisionDeps } from './read-supervision.ts';
import { type SettingRouteDeps, settingRoutes } from './settings-routes.ts';
import { supervisionRoutes } from './supervision-routes.ts';
import { talkRoutes } from './talk-routes.ts';

export type StaffInboxDeps = InboxReadDeps &
  DeskRouteDeps &
  AttachmentDeps &
  SupervisionDeps &
  Omit<SettingRouteDeps, 'factsOf'> &
  FactsOfDeps;
/** What only the inbox needs, beside what all routes have. */
export type InboxParts = Pick<StaffInboxDeps, 'streams' | 'onSessionEnded' | 'mediaDir'>;

export function staffInboxRoutes(deps: StaffInboxDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(inboxRoutes(deps));
    await app.register(deskRoutes(deps));
    await app.register(talkRoutes(deps));
    await app.register(attachmentRoutes(deps));
    await app.register(supervisionRoutes(deps));
    await app.register(settingRoutes({ ...deps, factsOf: (id) => factsOfConversation(deps, id) }));
  };
}
