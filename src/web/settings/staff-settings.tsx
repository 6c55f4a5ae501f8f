// Who works here: inviting, roles, a way back in, and the end of an account.
import { Alert, Badge, Button, Group, NativeSelect, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type LinkAnswer, linkAnswer, newStaffAnswer, type StaffAnswer, staffList } from '../../auth/staff-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { useChange } from '../inbox/use-change.ts';

const roles = ['agent', 'marketer', 'manager', 'admin'] as const;

export function StaffSettings() {
  const { pages } = useTexts();
  const mayWrite = useMe().scopes.includes('staff:write');
  const [link, setLink] = useState<LinkAnswer | null>(null);
  const query = useQuery({
    queryKey: ['staff'],
    queryFn: ({ signal }) => callApi(staffList, { path: '/staff', signal }),
  });
  return (
    <Stack>
      <Title order={2} size="h5">
        {pages.settings.staff}
      </Title>
      {mayWrite && <Invite onInvited={setLink} />}
      {link?.url && (
        <Alert role="status" title={pages.settings.inviteLink}>
          <Text size="sm" className="keep-lines">
            {link.url}
          </Text>
        </Alert>
      )}
      <Loaded query={query} rows={4}>
        {({ items }) =>
          items.map((staff) => <Member key={staff.id} staff={staff} mayWrite={mayWrite} onLink={setLink} />)
        }
      </Loaded>
    </Stack>
  );
}

function Member({
  staff,
  mayWrite,
  onLink,
}: {
  staff: StaffAnswer;
  mayWrite: boolean;
  onLink: (link: LinkAnswer) => void;
}) {
  const { texts, language } = useSpoken();
  const { settings: words } = texts.pages;
  const me = useMe();
  const disable = useChange(['staff']);
  const reset = useMutation({
    mutationFn: () => {
      const what = staff.status === 'invited' ? 'invite' : 'reset';
      return callApi(linkAnswer, { method: 'POST', path: `/staff/${staff.id}/${what}`, onceKey: crypto.randomUUID() });
    },
    onSuccess: onLink,
  });
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between">
        <div>
          <Text fw={600} size="sm">
            {staff.name}
          </Text>
          <Text size="sm" className="fact-name">
            {[staff.email, texts.shell.role[staff.role], staff.team?.name].filter(Boolean).join(' · ')}
          </Text>
          {staff.lastSeenAt && (
            <Text size="xs" className="fact-name">
              {words.lastSeen}: {fullMoment(staff.lastSeenAt, language)}
            </Text>
          )}
        </div>
        <Group gap="xs">
          {staff.status !== 'active' && (
            <Badge variant="default" tt="none">
              {staff.status === 'invited' ? words.invited : words.disabled}
            </Badge>
          )}
          {mayWrite && staff.status !== 'disabled' && staff.id !== me.id && (
            <>
              <Button size="xs" variant="default" loading={reset.isPending} onClick={() => reset.mutate()}>
                {words.reset}
              </Button>
              <Button
                size="xs"
                variant="default"
                loading={disable.isPending}
                onClick={() => disable.mutate({ path: `/staff/${staff.id}/disable` })}
              >
                {words.disable}
              </Button>
            </>
          )}
        </Group>
      </Group>
    </Paper>
  );
}

const nobody = { name: '', email: '', role: 'agent' };

function Invite({ onInvited }: { onInvited: (link: LinkAnswer) => void }) {
  const { shell, pages, signIn } = useTexts();
  const [person, setPerson] = useState(nobody);
  const queries = useQueryClient();
  const invite = useMutation({
    mutationFn: () =>
      callApi(newStaffAnswer, { method: 'POST', path: '/staff', body: person, onceKey: crypto.randomUUID() }),
    onSuccess: ({ link }) => {
      onInvited(link);
      setPerson(nobody);
      void queries.invalidateQueries({ queryKey: ['staff'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  const set = (part: Partial<typeof nobody>) => setPerson({ ...person, ...part });
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      {invite.error && (
        <Alert color="red" role="alert" mb="sm">
          {invite.error.message}
        </Alert>
      )}
      <Group align="flex-end">
        <TextInput
          label={pages.settings.name}
          required
          flex={1}
          miw={150}
          value={person.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label={signIn.email}
          type="email"
          required
          flex={1}
          miw={180}
          value={person.email}
          onChange={(event) => set({ email: event.currentTarget.value })}
        />
        <NativeSelect
          label={pages.settings.role}
          value={person.role}
          onChange={(event) => set({ role: event.currentTarget.value })}
          data={roles.map((role) => ({ value: role, label: shell.role[role] }))}
        />
        <Button type="submit" loading={invite.isPending}>
          {pages.settings.invite}
        </Button>
      </Group>
    </Paper>
  );
}
