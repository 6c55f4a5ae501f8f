// What one does with a conversation: take it, give it to somebody, back to the bot, for later, done.
import { Button, Group, Menu } from '@mantine/core';
import { IconCheck, IconClock, IconDots, IconHandGrab, IconRobot, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useKeys } from '../app/keys.ts';
import { serverClock } from '../app/server-clock.ts';
import { useMe } from '../app/session.tsx';
import { hourOf, weekdayOf } from '../app/time.ts';
import { useTexts } from '../app/use-texts.tsx';
import { whenNeeded } from '../app/when-needed.ts';
import type { Conversation } from './context-answers.ts';
import classes from './conversation.module.css';
import { colleaguesQuery } from './queries.ts';
import { useChange } from './use-change.ts';

const HandBack = lazy(() => whenNeeded(() => import('./hand-back.tsx')));

export function Actions({ conversation }: { conversation: Conversation }) {
  const { inbox } = useTexts();
  const me = useMe();
  const change = useChange();
  const [isHandingBack, setHandingBack] = useState(false);
  const does = (what: string, body: unknown = {}) =>
    change.mutate({ path: `/inbox/conversations/${conversation.id}/${what}`, body });
  const isMine = conversation.assignee?.id === me.id;
  const isLed = conversation.state === 'with_agent';
  const mayTake = conversation.state !== 'resolved' && !(isLed && isMine);
  useKeys({
    t: () => mayTake && does('take'),
    b: () => isLed && setHandingBack(true),
    e: () => conversation.state !== 'resolved' && does('resolve', { survey: false }),
  });
  return (
    <Group gap="xs" wrap="nowrap" role="group" aria-label={inbox.actions}>
      {mayTake && (
        <Button
          size="xs"
          title={inbox.takeHint}
          aria-label={inbox.take}
          className={classes.act ?? ''}
          leftSection={<IconHandGrab size={16} aria-hidden />}
          loading={change.isPending}
          onClick={() => does('take')}
        >
          <span className={classes.long}>{inbox.take}</span>
        </Button>
      )}
      {isLed && isMine && (
        <Button
          size="xs"
          variant="light"
          aria-label={inbox.handBack}
          className={classes.act ?? ''}
          leftSection={<IconRobot size={16} aria-hidden />}
          onClick={() => setHandingBack(true)}
        >
          <span className={classes.long}>{inbox.handBack}</span>
        </Button>
      )}
      <MoreActions does={does} isResolved={conversation.state === 'resolved'} />
      {isHandingBack && (
        <Suspense>
          <HandBack id={conversation.id} flow={conversation.context.flow} onClose={() => setHandingBack(false)} />
        </Suspense>
      )}
    </Group>
  );
}

function MoreActions({ does, isResolved }: { does: (what: string, body?: unknown) => void; isResolved: boolean }) {
  const { inbox } = useTexts();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const { data: colleagues = [] } = useQuery({ ...colleaguesQuery, enabled: isOpen });
  return (
    <Menu position="bottom-end" shadow="md" width={260} onChange={setOpen}>
      <Menu.Target>
        <Button size="xs" variant="default" aria-label={inbox.actions} px={8}>
          <IconDots size={18} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={460} className="scroll-y">
        {!isResolved && (
          <>
            <Menu.Item
              leftSection={<IconCheck size={16} aria-hidden />}
              onClick={() => does('resolve', { survey: true })}
            >
              {inbox.resolveWithSurvey}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconCheck size={16} aria-hidden />}
              onClick={() => does('resolve', { survey: false })}
            >
              {inbox.resolveQuietly}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Label>{inbox.snooze}</Menu.Label>
            {laterMoments().map(({ name, at }) => (
              <Menu.Item
                key={name}
                leftSection={<IconClock size={16} aria-hidden />}
                onClick={() => does('snooze', { until: at().toISOString() })}
              >
                {inbox.snoozeUntil[name]}
              </Menu.Item>
            ))}
            <Menu.Divider />
          </>
        )}
        <Menu.Label>{inbox.assign}</Menu.Label>
        <Menu.Item leftSection={<IconUser size={16} aria-hidden />} onClick={() => does('assign', { staffId: me.id })}>
          {inbox.assignToMe}
        </Menu.Item>
        {colleagues
          .filter(({ id, role, status }) => id !== me.id && role !== 'marketer' && status === 'active')
          .map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => does('assign', { staffId: id })}>
              {name}
            </Menu.Item>
          ))}
        <Menu.Item onClick={() => does('assign', { staffId: null })}>{inbox.unassign}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const HOUR_MS = 3_600_000;

function laterMoments() {
  const inHours = (hours: number) => () => new Date(serverClock() + hours * HOUR_MS);
  return [
    { name: 'hour', at: inHours(1) },
    { name: 'afternoon', at: inHours(3) },
    { name: 'tomorrow', at: () => hourOf(serverClock(), 1, 8) },
    { name: 'monday', at: () => hourOf(serverClock(), (8 - weekdayOf(serverClock())) % 7 || 7, 8) },
  ] as const;
}
