// Who the customer is, and where they chat with us; whoever speaks with customers may fill in what they learn.
import { Badge, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { CustomerPage } from '../../customers/page-schema.ts';
import { useMe } from '../app/session.tsx';
import { fullMoment } from '../app/time.ts';
import { Facts, Nothing, Panel } from './parts.tsx';
import { birthdayOf, RecordForm } from './record-form.tsx';
import { useSpoken, useTexts } from './words.ts';

export function RecordSection({ customer }: { customer: CustomerPage }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Records customer={customer} />
      <Identities customer={customer} />
    </SimpleGrid>
  );
}

function Records({ customer }: { customer: CustomerPage }) {
  const { pages } = useTexts();
  const { customer: words } = pages;
  const mayEdit = useMe().scopes.includes('conversations:write');
  const [isEditing, setEditing] = useState(false);
  if (isEditing)
    return (
      <Panel title={words.edit}>
        <RecordForm customer={customer} onClose={() => setEditing(false)} />
      </Panel>
    );
  const edit = (
    <Button size="xs" variant="default" onClick={() => setEditing(true)}>
      {words.edit}
    </Button>
  );
  return (
    <Panel title={words.records} action={mayEdit ? edit : null}>
      <Facts
        rows={[
          [words.name, customer.name],
          [words.formOfAddress, customer.formOfAddress],
          [words.phone, customer.phone],
          [words.email, customer.email],
          [words.industry, customer.industry],
          [words.role, customer.role],
          [words.birthday, birthdayOf(customer)],
          [words.id, customer.externalId],
        ]}
      />
      {customer.tags.length > 0 && (
        <Group gap={6} mt="sm" aria-label={words.tags} role="group">
          {customer.tags.map((tag) => (
            <Badge key={tag} variant="default" tt="none">
              {tag}
            </Badge>
          ))}
        </Group>
      )}
    </Panel>
  );
}

function Identities({ customer }: { customer: CustomerPage }) {
  const { pages } = useTexts();
  return (
    <Panel title={pages.customer.identities}>
      <Stack gap="sm">
        {customer.identities.length === 0 && <Nothing>{pages.customer.none}</Nothing>}
        {customer.identities.map((identity) => (
          <Identity key={identity.id} identity={identity} />
        ))}
      </Stack>
    </Panel>
  );
}

function Identity({ identity }: { identity: CustomerPage['identities'][number] }) {
  const { texts, language } = useSpoken();
  const { customer: words } = texts.pages;
  const { channel, displayName, peerId, window, lastInteractionAt, unfollowedAt, unreachableReason } = identity;
  const open = window.closesAt ? words.window.until(fullMoment(window.closesAt, language)) : words.window.open;
  return (
    <div>
      <Text size="sm" fw={600} className="keep-lines">
        {texts.inbox.channel[channel]} · {displayName ?? peerId}
      </Text>
      <Text size="sm">{window.isOpen ? open : `${words.window.closed}: ${window.reason}`}</Text>
      <Text size="xs" c="dimmed">
        {[
          lastInteractionAt && words.lastSeen(fullMoment(lastInteractionAt, language)),
          unfollowedAt && words.unfollowed,
          unreachableReason && `${words.unreachable}: ${unreachableReason}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {identity.conversationId && (
        <Link
          to="/inbox/$queue"
          params={{ queue: 'all' }}
          search={{ c: identity.conversationId }}
          className="text-link"
          aria-label={`${words.openConversation}: ${texts.inbox.channel[channel]} ${displayName ?? peerId}`}
        >
          <Text size="sm" span>
            {words.openConversation}
          </Text>
        </Link>
      )}
    </div>
  );
}
