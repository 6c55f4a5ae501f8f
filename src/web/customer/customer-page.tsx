// Everything of one customer, in sections that have addresses of their own; only what one's rights open.
import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { CustomerPage as Customer } from '../../customers/page-schema.ts';
import { ApiError } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { shortDate } from '../app/time.ts';
import { useInSight } from '../app/use-in-sight.ts';
import { BusinessSection } from './business-section.tsx';
import { CareSection } from './care-section.tsx';
import classes from './customer.module.css';
import { JoinSection } from './join-section.tsx';
import { LedgerSection } from './ledger-section.tsx';
import { pageQuery } from './queries.ts';
import { RecordSection } from './record-section.tsx';
import { RightsSection } from './rights-section.tsx';
import { useSpoken, useTexts } from './words.ts';

type SectionName = 'record' | 'history' | 'business' | 'care' | 'rights' | 'join';
type Section = { name: SectionName; scope: string; Part: ComponentType<{ customer: Customer }> };

const sections: Section[] = [
  { name: 'record', scope: 'records:read', Part: RecordSection },
  { name: 'history', scope: 'records:read', Part: LedgerSection },
  { name: 'business', scope: 'records:read', Part: BusinessSection },
  { name: 'care', scope: 'records:read', Part: CareSection },
  { name: 'rights', scope: 'records:read', Part: RightsSection },
  { name: 'join', scope: 'records:write', Part: JoinSection },
];

export function CustomerPage() {
  const { pages } = useTexts();
  const { externalId: who } = useParams({ from: '/shell/customers/$externalId' });
  const query = useQuery(pageQuery(who));
  if (query.error instanceof ApiError && query.error.status === 404)
    return (
      <>
        <h1 className="visually-hidden">{pages.customer.records}</h1>
        <Empty>{pages.customer.unknown}</Empty>
      </>
    );
  return (
    <div className="page">
      <div className="page-inner">
        <Loaded query={query}>
          {(customer) => (
            <Stack>
              <Head customer={customer} />
              <Sections who={who} customer={customer} />
            </Stack>
          )}
        </Loaded>
      </div>
    </div>
  );
}

function Head({ customer }: { customer: Customer }) {
  const { texts, language } = useSpoken();
  const { customer: words } = texts.pages;
  const [first] = customer.identities;
  return (
    <div>
      <Group gap="xs">
        <Title order={1} size="h3" className={classes.title ?? ''}>
          {nameOf(customer) ?? texts.inbox.nameless}
        </Title>
        {customer.optedOutAt && (
          <Badge color="red" variant="light" tt="none">
            {words.optedOut}
          </Badge>
        )}
      </Group>
      <Group gap="md">
        <Text size="sm" c="dimmed">
          {[customer.externalId, `${words.since} ${shortDate(customer.createdAt, language)}`]
            .filter(Boolean)
            .join(' · ')}
        </Text>
        {first?.conversationId && (
          <Link to="/inbox/$queue" params={{ queue: 'all' }} search={{ c: first.conversationId }} className="text-link">
            <Text size="sm" span>
              {words.openConversation}
            </Text>
          </Link>
        )}
      </Group>
    </div>
  );
}

/** What we call them, or what they call themselves on a channel. */
export function nameOf({ name, identities }: Pick<Customer, 'name' | 'identities'>): string | null {
  return name ?? identities.find(({ displayName }) => displayName !== null)?.displayName ?? null;
}

const exactly = { exact: true, includeSearch: true } as const;

function Sections({ who, customer }: { who: string; customer: Customer }) {
  const { pages } = useTexts();
  const held: readonly string[] = useMe().scopes;
  const { s = 'record' } = useSearch({ from: '/shell/customers/$externalId' });
  const open = sections.filter(({ scope }) => held.includes(scope));
  const section = open.find(({ name }) => name === s) ?? open[0];
  const frame = useInSight(section?.name);
  return (
    <>
      <nav ref={frame} aria-label={pages.customer.records} className={classes.sections}>
        {open.map(({ name }) => (
          <Link
            key={name}
            to="/customers/$externalId"
            params={{ externalId: who }}
            search={name === 'record' ? {} : { s: name }}
            className={classes.section ?? ''}
            aria-current={name === section?.name ? 'page' : undefined}
            activeOptions={exactly}
            replace
          >
            {pages.customer.sections[name]}
          </Link>
        ))}
      </nav>
      {section && <section.Part key={customer.id} customer={customer} />}
    </>
  );
}
