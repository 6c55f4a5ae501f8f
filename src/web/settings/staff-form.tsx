// A member of staff: role, team, skills, how much they lead at once.
import { Alert, Button, Group, NativeSelect, NumberInput, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { type StaffAnswer, staffAnswer } from '../../auth/staff-schema.ts';
import { useTexts } from '../app/use-texts.tsx';
import { useDraft, useSave } from './draft.tsx';
import { teamsQuery } from './team-settings.tsx';

const roles = staffAnswer.shape.role.options;

export function useStaffWords(): Record<string, string> {
  const { staff: words } = useTexts().desk;
  return {
    email_taken: words.taken,
    last_admin: words.lastAdmin,
    role_not_held: words.forbidden,
  };
}

export function StaffForm({ staff, onDone }: { staff: StaffAnswer; onDone: () => void }) {
  const { desk, general } = useTexts();
  const { value, set } = useDraft({
    name: staff.name,
    role: staff.role,
    teamId: staff.team?.id ?? '',
    skills: staff.skills.join(', '),
    capacity: staff.capacity ?? ('' as const),
    isAway: staff.isAway,
    isTotpOn: staff.isTotpOn,
  });
  const save = useSave(staffAnswer, ['staff'], useStaffWords());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { isTotpOn, capacity, teamId, skills, ...rest } = value;
    const body = {
      ...rest,
      teamId: teamId === '' ? null : teamId,
      capacity: capacity === '' ? null : capacity,
      skills: skills.split(',').flatMap((skill) => (skill.trim() === '' ? [] : [skill.trim()])),
      ...(staff.isTotpOn && !isTotpOn ? { isTotpOn: false } : {}),
    };
    save.mutate({ method: 'PATCH', path: `/staff/${staff.id}`, body }, { onSuccess: onDone });
  };
  return (
    <Stack component="form" gap="sm" onSubmit={submit} aria-label={desk.staff.edit(staff.name)}>
      {save.complaint !== null && (
        <Alert color="red" role="alert">
          {save.complaint}
        </Alert>
      )}
      <StaffFields value={value} set={set} />
      <Switch
        label={desk.staff.away}
        checked={value.isAway}
        onChange={({ currentTarget }) => set({ isAway: currentTarget.checked })}
      />
      {staff.isTotpOn && (
        <Switch
          label={desk.staff.totpOff}
          checked={!value.isTotpOn}
          onChange={({ currentTarget }) => set({ isTotpOn: !currentTarget.checked })}
        />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {general.cancel}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {general.save}
        </Button>
      </Group>
    </Stack>
  );
}

type Fields = { name: string; role: StaffAnswer['role']; teamId: string; skills: string; capacity: number | '' };

function StaffFields({ value, set }: { value: Fields; set: (part: Partial<Fields>) => void }) {
  const { pages, desk, shell } = useTexts();
  const { data: teams } = useQuery(teamsQuery);
  return (
    <Group align="flex-start" grow preventGrowOverflow={false}>
      <TextInput
        label={pages.settings.name}
        required
        maxLength={100}
        value={value.name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
      />
      <NativeSelect
        label={pages.settings.role}
        value={value.role}
        data={roles.map((role) => ({ value: role, label: shell.role[role] }))}
        onChange={({ currentTarget }) => {
          const role = roles.find((one) => one === currentTarget.value);
          if (role) set({ role });
        }}
      />
      <NativeSelect
        label={pages.settings.team}
        value={value.teamId}
        data={[
          { value: '', label: pages.settings.noTeam },
          ...(teams?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ currentTarget }) => set({ teamId: currentTarget.value })}
      />
      <TextInput
        label={desk.staff.skills}
        description={desk.staff.skillsHint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={value.skills}
        onChange={({ currentTarget }) => set({ skills: currentTarget.value })}
      />
      <NumberInput
        label={desk.staff.capacity}
        description={desk.staff.capacityHint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        min={1}
        max={1_000}
        allowDecimal={false}
        hideControls
        value={value.capacity}
        onChange={(next) => set({ capacity: next === '' ? '' : Number(next) })}
      />
    </Group>
  );
}
