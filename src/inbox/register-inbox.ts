// All routes of the inbox of staff, with what they need.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type AttachmentDeps, attachmentRoutes } from './attachment-routes.ts';
import { type CareRouteDeps, careRoutes } from './care-routes.ts';
import { type ChoiceDeps, choiceRoutes } from './choice-routes.ts';
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
  Omit<CareRouteDeps, 'factsOf'> &
  Omit<ChoiceDeps, 'factsOf'> &
  SupervisionDeps &
  Omit<SettingRouteDeps, 'factsOf'> &
  FactsOfDeps;
/** What only the inbox needs, beside what all routes have. */
export type InboxParts = Pick<StaffInboxDeps, 'streams' | 'onSessionEnded' | 'mediaDir' | 'calendarUrl'>;

export function staffInboxRoutes(deps: StaffInboxDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(inboxRoutes(deps));
    await app.register(deskRoutes(deps));
    await app.register(talkRoutes(deps));
    await app.register(attachmentRoutes(deps));
    await app.register(supervisionRoutes(deps));
    const withFacts = { ...deps, factsOf: (id: string) => factsOfConversation(deps, id) };
    await app.register(choiceRoutes(withFacts));
    await app.register(careRoutes(withFacts));
    await app.register(settingRoutes(withFacts));
  };
}
