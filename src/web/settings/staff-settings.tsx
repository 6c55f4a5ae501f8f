// Who works here: inviting, roles, a way back in, and the end of an account.
import { Alert, Badge, Button, Group, NativeSelect, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  type LinkAnswer,
  linkAnswer,
  newStaffAnswer,
  type StaffAnswer,
  staffAnswer,
  staffList,
} from '../../auth/staff-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { useSave } from './draft.tsx';
import { SecretOnce } from './secret-once.tsx';
import { StaffForm, useStaffWords } from './staff-form.tsx';

const roles = ['agent', 'marketer', 'manager', 'admin'] as const;

export function StaffSettings() {
  const { pages, desk } = useTexts();
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
        <SecretOnce
          title={pages.settings.inviteLink}
          secret={link.url}
          more={link.isMailed ? desk.staff.mailed : null}
        />
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
  const [isOpen, setOpen] = useState(false);
  if (isOpen) {
    return (
      <Paper withBorder p="md">
        <StaffForm staff={staff} onDone={() => setOpen(false)} />
      </Paper>
    );
  }
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
          <Text size="xs" className="fact-name">
            {[
              staff.isAway ? texts.desk.staff.away : null,
              staff.capacity === null ? null : `${texts.desk.staff.capacity}: ${staff.capacity}`,
              staff.skills.join(', '),
            ]
              .filter(Boolean)
              .join(' · ')}
          </Text>
          {staff.lastSeenAt && (
            <Text size="xs" className="fact-name">
              {words.lastSeen}: {fullMoment(staff.lastSeenAt, language)}
            </Text>
          )}
        </div>
        <MemberActions staff={staff} mayWrite={mayWrite} onLink={onLink} onEdit={() => setOpen(true)} />
      </Group>
    </Paper>
  );
}

type ActionProps = {
  staff: StaffAnswer;
  mayWrite: boolean;
  onLink: (link: LinkAnswer) => void;
  onEdit: () => void;
};

function MemberActions({ staff, mayWrite, onLink, onEdit }: ActionProps) {
  const { pages, desk } = useTexts();
  const { settings: words } = pages;
  const me = useMe();
  const told = useStaffWords();
  const act = useSave(staffAnswer, ['staff'], told);
  const reset = useSave(linkAnswer, ['staff'], told);
  const isOther = staff.id !== me.id;
  const disable = () =>
    globalThis.confirm(desk.staff.disableConfirm(staff.name)) && act.mutate({ path: `/staff/${staff.id}/disable` });
  const newLink = () => {
    const what = staff.status === 'invited' ? 'invite' : 'reset';
    reset.mutate({ path: `/staff/${staff.id}/${what}` }, { onSuccess: onLink });
  };
  return (
    <Group gap="xs">
      {staff.status !== 'active' && (
        <Badge variant="default" tt="none">
          {staff.status === 'invited' ? words.invited : words.disabled}
        </Badge>
      )}
      {mayWrite && (
        <Button size="xs" variant="default" aria-label={desk.staff.edit(staff.name)} onClick={onEdit}>
          {desk.form.edit}
        </Button>
      )}
      {mayWrite && staff.status !== 'disabled' && isOther && (
        <>
          <Button size="xs" variant="default" loading={reset.isPending} onClick={newLink}>
            {words.reset}
          </Button>
          <Button size="xs" variant="default" loading={act.isPending} onClick={disable}>
            {words.disable}
          </Button>
        </>
      )}
      {mayWrite && staff.status === 'disabled' && (
        <Button size="xs" variant="default" onClick={() => act.mutate({ path: `/staff/${staff.id}/enable` })}>
          {desk.staff.enable}
        </Button>
      )}
      {(act.complaint ?? reset.complaint) !== null && (
        <Alert color="red" role="alert">
          {act.complaint ?? reset.complaint}
        </Alert>
      )}
    </Group>
  );
}

const nobody = { name: '', email: '', role: 'agent' };

function Invite({ onInvited }: { onInvited: (link: LinkAnswer) => void }) {
  const { shell, pages, signIn } = useTexts();
  const [person, setPerson] = useState(nobody);
  const invite = useSave(newStaffAnswer, ['staff'], useStaffWords());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = ({ link }: { link: LinkAnswer }) => {
      onInvited(link);
      setPerson(nobody);
    };
    invite.mutate({ path: '/staff', body: person }, { onSuccess });
  };
  const set = (part: Partial<typeof nobody>) => setPerson({ ...person, ...part });
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      {invite.complaint !== null && (
        <Alert color="red" role="alert" mb="sm">
          {invite.complaint}
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
