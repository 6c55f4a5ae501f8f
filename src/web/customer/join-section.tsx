// Two records that are one person, and one record that is two: both with a look before and a way back.
import { Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { z } from 'zod';
import { type CustomerPage, splitAnswer } from '../../customers/page-schema.ts';
import { fullMoment } from '../app/time.ts';
import { useOwnerName } from '../tasks/use-owner-name.ts';
import { MergePanel } from './merge-panel.tsx';
import { Nothing, Panel } from './parts.tsx';
import { pathOf, useAct } from './queries.ts';
import { useSpoken, useTexts } from './words.ts';

type Part = { customer: CustomerPage };

export function JoinSection({ customer }: Part) {
  return (
    <Stack>
      <MergePanel customer={customer} />
      <SplitPanel customer={customer} />
      <PastPanel customer={customer} />
    </Stack>
  );
}

function SplitPanel({ customer }: Part) {
  const { pages, inbox, general } = useTexts();
  const { join: words } = pages.customer;
  const [chosen, setChosen] = useState<string | null>(null);
  const act = useAct(splitAnswer);
  const split = (identityId: string) =>
    act.mutate({ path: `${pathOf(customer.id)}/split`, body: { identityId } }, { onSuccess: () => setChosen(null) });
  return (
    <Panel title={words.split}>
      <Text size="sm" mb="sm">
        {customer.identities.length > 1 ? words.splitHint : words.splitOnly}
      </Text>
      <Stack gap="xs">
        {customer.identities.length > 1 &&
          customer.identities.map(({ id, channel, displayName, peerId }) => {
            const name = `${inbox.channel[channel]} · ${displayName ?? peerId}`;
            return (
              <Group key={id} justify="space-between">
                <Text size="sm" className="keep-lines">
                  {chosen === id ? words.splitSure(name) : name}
                </Text>
                {chosen === id ? (
                  <Group gap="xs">
                    <Button size="xs" variant="default" onClick={() => setChosen(null)}>
                      {general.cancel}
                    </Button>
                    <Button size="xs" color="red.9" loading={act.isPending} onClick={() => split(id)}>
                      {words.splitAct}
                    </Button>
                  </Group>
                ) : (
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`${words.splitAct}: ${name}`}
                    onClick={() => setChosen(id)}
                  >
                    {words.splitAct}
                  </Button>
                )}
              </Group>
            );
          })}
      </Stack>
    </Panel>
  );
}

function PastPanel({ customer }: Part) {
  const { texts, language } = useSpoken();
  const { join: words } = texts.pages.customer;
  const ownerName = useOwnerName();
  const actorName = (by: string | null) =>
    by?.startsWith('api_key:')
      ? words.byKey(by.slice('api_key:'.length))
      : ownerName(by?.replace('staff:', '') ?? null);
  const act = useAct(z.unknown());
  const undo = (path: string, body: object) => act.mutate({ path, body });
  const merges = customer.merges.map((one) => ({
    ...{ id: one.id, at: one.at, by: one.by, isUndone: one.undoneAt !== null, otherId: null },
    text: words.merged(one.goingName ?? texts.inbox.nameless),
    undo: () => undo(`/merges/${one.id}/undo`, {}),
  }));
  // Joining again whom a split made is its way back.
  const splits = customer.splits.map((one) => ({
    ...{ id: one.otherId, at: one.at, by: one.by, isUndone: !one.isThere, otherId: one.isThere ? one.otherId : null },
    text: words.wasSplit,
    undo: () => undo(`${pathOf(customer.id)}/merges`, { otherId: one.otherId }),
  }));
  const past = [...merges, ...splits].sort((a, b) => b.at.localeCompare(a.at) || a.id.localeCompare(b.id));
  return (
    <Panel title={words.past}>
      {past.length === 0 && <Nothing>{words.noPast}</Nothing>}
      <Stack gap="xs">
        {past.map((one) => (
          <Group key={one.id} justify="space-between">
            <Text size="sm" className="keep-lines">
              {[one.text, fullMoment(one.at, language), actorName(one.by)].filter(Boolean).join(' · ')}
              {one.otherId && (
                <>
                  {' · '}
                  <Link to="/customers/$externalId" params={{ externalId: one.otherId }} className="text-link">
                    {words.other}
                  </Link>
                </>
              )}
            </Text>
            {one.isUndone ? (
              <Text size="sm" c="dimmed">
                {words.undone}
              </Text>
            ) : (
              <Button
                size="xs"
                variant="default"
                loading={act.isPending}
                aria-label={`${words.undo}: ${one.text}`}
                onClick={one.undo}
              >
                {words.undo}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}
