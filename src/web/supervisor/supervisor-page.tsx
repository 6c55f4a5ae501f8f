// What happens at the desk at this moment: who is there with how much, what waits longest, how today goes. Each number opens
// its rows.
import { Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type SupervisedQuery, type Supervision, supervision } from '../../inbox/supervision-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { spanInWords } from '../app/time.ts';
import { useNow } from '../app/use-now.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import type { Open, Opened } from './opened.tsx';
import { PeopleTable, wholeMinutes } from './people-table.tsx';
import { SupervisedRows } from './supervised-rows.tsx';
import classes from './supervisor.module.css';

/** Under "inbox", so that the stream and every change make it old. */
const query = {
  queryKey: ['inbox', 'rows', 'supervision'],
  queryFn: ({ signal }: { signal: AbortSignal }) => callApi(supervision, { path: '/inbox/supervision', signal }),
  refetchInterval: 20_000,
};

export function SupervisorPage() {
  const { desk, general } = useTexts();
  const mayLook = useMe().scopes.includes('audit:read');
  const answer = useQuery({ ...query, enabled: mayLook });
  const [opened, open] = useState<Opened | null>(null);
  return (
    <div className="page">
      <Stack className="page-inner" gap="lg">
        <Title order={1} size="h3">
          {desk.supervisor.title}
        </Title>
        {mayLook ? (
          <Loaded query={answer}>{(seen) => <Board seen={seen} open={open} />}</Loaded>
        ) : (
          <Empty>{general.noRight}</Empty>
        )}
      </Stack>
      {opened !== null && <SupervisedRows wanted={opened} onClose={() => open(null)} />}
    </div>
  );
}

function Board({ seen, open }: { seen: Supervision; open: Open }) {
  const { texts, language } = useSpoken();
  const { supervisor: words } = texts.desk;
  const now = useNow();
  const { queues, today } = seen;
  const ago = (at: string | null) => (at === null ? '–' : spanInWords(now - Date.parse(at), language));
  const median = (minutes: number | null) => (minutes === null ? '–' : words.median(wholeMinutes(minutes)));
  return (
    <>
      <section className={classes.numbers} aria-label={words.open}>
        <Figure of="waiting" title={words.waiting} value={queues.waiting} open={open} />
        <Figure of="waiting" title={words.oldest} value={ago(queues.oldestWaitingSince)} open={open} />
        <Figure of="overdue" title={words.overdue} value={queues.overdue} open={open} isBad={queues.overdue > 0} />
        <Figure of="unassigned" title={words.unassigned} value={queues.unassigned} open={open} />
        <Figure of="open" title={words.open} value={queues.open} open={open} />
        <Figure of="snoozed" title={words.snoozed} value={queues.snoozed} open={open} />
      </section>
      <Title order={2} size="h5">
        {words.today}
      </Title>
      <section className={classes.numbers} aria-label={words.today}>
        <Figure of="handed_over_today" title={words.handedOver} value={today.handedOver} open={open} />
        <Figure
          of="first_replied_today"
          title={words.firstReplied}
          value={today.firstReplied}
          more={`${words.inTime(today.inTime, today.firstReplied)} · ${median(today.firstReplyMinutes)}`}
          open={open}
        />
        <Figure
          of="resolved_today"
          title={words.resolved}
          value={today.resolved}
          more={median(today.resolveMinutes)}
          open={open}
        />
      </section>
      <Title order={2} size="h5">
        {words.people}
      </Title>
      <PeopleTable people={seen.people} open={open} />
      <Title order={2} size="h5">
        {words.teams}
      </Title>
      <Teams teams={seen.teams} open={open} />
    </>
  );
}

type FigureProps = {
  of: SupervisedQuery['of'];
  title: string;
  value: number | string;
  more?: string;
  isBad?: boolean;
  open: Open;
};

function Figure({ of, title, value, more, isBad = false, open }: FigureProps) {
  return (
    <button type="button" className={classes.figure} onClick={() => open({ of, title })}>
      <span className={classes.name}>{title}</span>
      <span className={isBad ? classes.bad : classes.value}>{value}</span>
      {more !== undefined && <span className={classes.name}>{more}</span>}
    </button>
  );
}

function Teams({ teams, open }: { teams: Supervision['teams']; open: Open }) {
  const { supervisor: words } = useTexts().desk;
  if (teams.length === 0) return <Text size="sm">{words.noRows}</Text>;
  return (
    <Stack gap="xs">
      {teams.map(({ team, open: count, waiting, overdue }) => {
        const name = team?.name ?? words.noTeam;
        const of = (what: SupervisedQuery['of'], title: string, value: number) => (
          <button
            type="button"
            className={classes.link}
            onClick={() => open({ of: what, team: team?.id ?? 'none', title: `${name}: ${title}` })}
          >
            {title}: {value}
          </button>
        );
        return (
          <Paper key={name} withBorder p="sm" className={classes.team}>
            <Text fw={600} size="sm">
              {name}
            </Text>
            {of('open', words.open, count)}
            {of('waiting', words.waiting, waiting)}
            {of('overdue', words.overdue, overdue)}
          </Paper>
        );
      })}
    </Stack>
  );
}
