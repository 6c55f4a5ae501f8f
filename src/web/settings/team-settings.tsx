// Teams: who answers together.
import { Alert, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type TeamAnswer, teamAnswer, teamList } from '../../auth/staff-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useGuard, useSave } from './draft.tsx';

export const teamsQuery = {
  queryKey: ['teams'],
  queryFn: ({ signal }: { signal: AbortSignal }) => callApi(teamList, { path: '/teams', signal }),
};

export function TeamSettings() {
  const { pages } = useTexts();
  const mayWrite = useMe().scopes.includes('staff:write');
  const query = useQuery(teamsQuery);
  return (
    <Stack>
      <Title order={2} size="h5">
        {pages.settings.teams}
      </Title>
      {mayWrite && <TeamForm team={null} onDone={() => undefined} />}
      <Loaded query={query} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{pages.settings.noTeams}</Empty>
          ) : (
            items.map((team) => <Team key={team.id} team={team} mayWrite={mayWrite} />)
          )
        }
      </Loaded>
    </Stack>
  );
}

function Team({ team, mayWrite }: { team: TeamAnswer; mayWrite: boolean }) {
  const { desk, general } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const remove = useSave(teamAnswer, ['teams'], { team_in_use: desk.staff.teamInUse });
  if (isOpen) return <TeamForm team={team} onDone={() => setOpen(false)} />;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between">
        <div>
          <Text fw={600} size="sm">
            {team.name}
          </Text>
          <Text size="sm" className="fact-name">
            {desk.staff.members(team.members)}
          </Text>
        </div>
        {mayWrite && (
          <Group gap="xs">
            <Button size="xs" variant="default" aria-label={desk.staff.rename(team.name)} onClick={() => setOpen(true)}>
              {desk.form.edit}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-label={`${general.remove}: ${team.name}`}
              loading={remove.isPending}
              onClick={() => remove.mutate({ method: 'DELETE', path: `/teams/${team.id}` })}
            >
              {general.remove}
            </Button>
          </Group>
        )}
      </Group>
      {remove.complaint !== null && (
        <Alert color="red" role="alert" mt="xs">
          {remove.complaint}
        </Alert>
      )}
    </Paper>
  );
}

function TeamForm({ team, onDone }: { team: TeamAnswer | null; onDone: () => void }) {
  const { desk, general, pages } = useTexts();
  const [name, setName] = useState(team?.name ?? '');
  useGuard(name !== (team?.name ?? ''));
  const save = useSave(teamAnswer, ['teams'], { team_taken: desk.staff.teamTaken });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const call = team ? ({ method: 'PATCH', path: `/teams/${team.id}` } as const) : { path: '/teams' };
    const onSuccess = () => {
      setName('');
      onDone();
    };
    save.mutate({ ...call, body: { name } }, { onSuccess });
  };
  return (
    <Group component="form" align="flex-end" onSubmit={submit}>
      <TextInput
        label={team ? pages.settings.name : desk.staff.newTeam}
        required
        maxLength={60}
        flex={1}
        maw={320}
        value={name}
        error={save.complaint}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Button type="submit" loading={save.isPending}>
        {team ? general.save : general.add}
      </Button>
      {team && (
        <Button variant="default" onClick={onDone}>
          {general.cancel}
        </Button>
      )}
    </Group>
  );
}
