// What the screens of channels and of stuck things read, out of the parts of the running program.
import { type TicketDeps, ticketUrl } from '../auth/connect-ticket.ts';
import type { OpenChannels } from '../channels/open-channels.ts';
import type { QuotaWord } from '../channels/provider-quota.ts';
import type { Problem } from '../flows/problem.ts';
import type { Deliverer } from '../outbox/deliver-messages.ts';
import type { OperationsParts } from './operations-routes.ts';

type Running = {
  channels: Pick<OpenChannels, 'byName' | 'zalo'>;
  deliverers: readonly Pick<Deliverer, 'channel' | 'isPaused'>[];
  library: { problems: () => readonly Problem[] };
  zaloQuota: () => Promise<QuotaWord | null>;
};

export function openOperations(
  deps: TicketDeps,
  { channels, deliverers, library, zaloQuota }: Running,
): OperationsParts {
  return {
    channels: () =>
      [...channels.byName.values()].map(({ name, accountId }) => {
        const isPaused = deliverers.find((one) => one.channel === name)?.isPaused() ?? false;
        return { channel: name, accountId, isPaused };
      }),
    zaloQuota,
    connectUrl: () => (channels.zalo === null ? null : ticketUrl(deps)),
    flowProblems: library.problems,
  };
}
