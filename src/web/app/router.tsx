// The app's addresses. The inbox comes with the first load, every other page when it is opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { z } from 'zod';
import { timelineItemId } from '../../inbox/timeline-schema.ts';
import { queueNames } from '../inbox/answers.ts';
import { InboxPage } from '../inbox/inbox-page.tsx';
import { ownPath } from './own-path.ts';
import { Shell } from './shell.tsx';
import { Broken, NotFound } from './states.tsx';

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Broken });

const next = z.string().transform(ownPath).optional().catch(undefined);
const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../sign-in/sign-in-page.tsx'), 'SignInPage'),
  validateSearch: z.object({ next }),
});
const link = createRoute({
  getParentRoute: () => rootRoute,
  path: '/links/$token',
  component: lazyRouteComponent(() => import('../sign-in/link-page.tsx'), 'LinkPage'),
});

const forgotten = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgotten',
  component: lazyRouteComponent(() => import('../sign-in/forgotten-page.tsx'), 'ForgottenPage'),
});

const shell = createRoute({ getParentRoute: () => rootRoute, id: 'shell', component: Shell });
const toInbox = { to: '/inbox/$queue', params: { queue: 'waiting' } } as const;
const start = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect(toInbox);
  },
});
const inboxStart = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  beforeLoad: () => {
    throw redirect(toInbox);
  },
});
const words = z.string().max(100).optional().catch(undefined);
const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox/$queue',
  component: InboxPage,
  params: { parse: ({ queue }) => ({ queue: queueNames.catch('waiting').parse(queue) }) },
  validateSearch: z.object({
    c: z.uuid().optional().catch(undefined),
    message: z.string().regex(timelineItemId).optional().catch(undefined),
    q: words,
    channel: z.enum(['zalo', 'messenger']).optional().catch(undefined),
  }),
});
const customers = createRoute({
  getParentRoute: () => shell,
  path: '/customers',
  component: lazyRouteComponent(() => import('../customer/find-page.tsx'), 'FindPage'),
  validateSearch: z.object({ q: words }),
});
const customer = createRoute({
  getParentRoute: () => shell,
  path: '/customers/$externalId',
  component: lazyRouteComponent(() => import('../customer/customer-page.tsx'), 'CustomerPage'),
  validateSearch: z.object({ s: words, kind: words }),
});
const workSearch = z.object({
  who: z.enum(['mine', 'team', 'none']).optional().catch(undefined),
  late: z.boolean().optional().catch(undefined),
  kind: words,
  done: z.boolean().optional().catch(undefined),
  open: z.uuid().optional().catch(undefined),
});
const tasks = createRoute({
  getParentRoute: () => shell,
  path: '/tasks',
  component: lazyRouteComponent(() => import('../tasks/tasks-page.tsx'), 'TasksPage'),
  validateSearch: workSearch,
});
const cases = createRoute({
  getParentRoute: () => shell,
  path: '/cases',
  component: lazyRouteComponent(() => import('../tasks/cases-page.tsx'), 'CasesPage'),
  validateSearch: workSearch,
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings/{-$section}',
  component: lazyRouteComponent(() => import('../settings/settings-page.tsx'), 'SettingsPage'),
});

const supervisor = createRoute({
  getParentRoute: () => shell,
  path: '/supervisor',
  component: lazyRouteComponent(() => import('../supervisor/supervisor-page.tsx'), 'SupervisorPage'),
});
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('../account/account-page.tsx'), 'AccountPage'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signIn,
    link,
    forgotten,
    shell.addChildren([start, inboxStart, inbox, customers, customer, tasks, cases, settings, supervisor, account]),
  ]),
  defaultPreload: 'intent',
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: Broken,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
