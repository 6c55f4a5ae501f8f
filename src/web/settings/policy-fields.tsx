// Deadlines and policies of the inbox, field by field.
import { NativeSelect, NumberInput, Paper, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { GrowingField } from '../app/growing-field.tsx';
import { useTexts } from '../app/use-texts.tsx';
import type { FieldsProps } from './setting-card.tsx';

type NumberProps = {
  label: string;
  value: number;
  error: string | undefined;
  isFixed: boolean;
  onChange: (value: number) => void;
};

function NumberField({ label, value, error, isFixed, onChange }: NumberProps) {
  return (
    <NumberInput
      label={label}
      maw={320}
      allowDecimal={false}
      hideControls
      readOnly={isFixed}
      value={Number.isNaN(value) ? '' : value}
      error={error}
      // Empty is no number: the schema says so under the field.
      onChange={(next) => onChange(next === '' ? Number.NaN : Number(next))}
    />
  );
}

export function SlaFields({ value, set, mistakes, isFixed }: FieldsProps<'sla'>) {
  const { policies } = useTexts().desk;
  return (['replyMinutes', 'resolveMinutes', 'warnMinutes'] as const).map((field) => (
    <NumberField
      key={field}
      label={policies[field]}
      value={value[field]}
      error={mistakes[field]}
      isFixed={isFixed}
      onChange={(next) => set({ [field]: next })}
    />
  ));
}

const idleChoices = ['off', 'queue', 'bot'] as const;

export function IdleFields({ value, set, mistakes, isFixed }: FieldsProps<'idle_policy'>) {
  const { policies } = useTexts().desk;
  return (
    <>
      <NativeSelect
        label={policies.idleTo}
        maw={320}
        disabled={isFixed}
        value={value.to}
        data={idleChoices.map((choice) => ({ value: choice, label: policies.idleChoices[choice] }))}
        onChange={({ currentTarget }) => {
          const to = idleChoices.find((choice) => choice === currentTarget.value);
          if (to) set({ to });
        }}
      />
      {value.to !== 'off' && (
        <NumberField
          label={policies.idleMinutes}
          value={value.minutes}
          error={mistakes.minutes}
          isFixed={isFixed}
          onChange={(minutes) => set({ minutes })}
        />
      )}
      {value.to === 'bot' && (
        <Switch
          label={policies.evenWhileWaiting}
          disabled={isFixed}
          checked={value.evenWhileWaiting}
          onChange={({ currentTarget }) => set({ evenWhileWaiting: currentTarget.checked })}
        />
      )}
    </>
  );
}

export function OutFields({ value, set, mistakes, isFixed }: FieldsProps<'out_of_hours'>) {
  const { policies } = useTexts().desk;
  // What was written stays there while the switch is off.
  const [words, setWords] = useState(value.text ?? '');
  return (
    <Stack gap="sm">
      <Switch
        label={policies.outOn}
        disabled={isFixed}
        checked={value.text !== null}
        onChange={({ currentTarget }) => set({ text: currentTarget.checked ? words : null })}
      />
      {value.text !== null && (
        <>
          <GrowingField
            label={policies.outText}
            description={policies.outHint}
            rows={2}
            readOnly={isFixed}
            value={value.text}
            error={mistakes.text}
            onChange={({ currentTarget }) => {
              setWords(currentTarget.value);
              set({ text: currentTarget.value });
            }}
          />
          <Paper withBorder p="sm" aria-label={policies.preview}>
            <Text size="xs" className="fact-name">
              {policies.preview}
            </Text>
            <Text size="sm" className="keep-lines">
              {value.text.replaceAll('{next_opening}', '08:00 thứ Hai, 23/11/2026')}
            </Text>
          </Paper>
        </>
      )}
    </Stack>
  );
}

export function AssignmentFields({ value, set, mistakes, isFixed }: FieldsProps<'assignment'>) {
  const { policies } = useTexts().desk;
  return (
    <>
      <Switch
        label={policies.assignmentOn}
        disabled={isFixed}
        checked={value.mode === 'on'}
        onChange={({ currentTarget }) => set({ mode: currentTarget.checked ? 'on' : 'off' })}
      />
      <NumberField
        label={policies.onlineMinutes}
        value={value.onlineMinutes}
        error={mistakes.onlineMinutes}
        isFixed={isFixed}
        onChange={(onlineMinutes) => set({ onlineMinutes })}
      />
    </>
  );
}

export function VisibilityFields({ value, set, isFixed }: FieldsProps<'team_visibility'>) {
  const { policies } = useTexts().desk;
  const choices = ['own_team', 'open'] as const;
  return (
    <NativeSelect
      label={policies.visibleTo}
      maw={320}
      disabled={isFixed}
      value={value.mode}
      data={choices.map((choice) => ({ value: choice, label: policies.visibilityChoices[choice] }))}
      onChange={({ currentTarget }) => set({ mode: currentTarget.value === 'open' ? 'open' : 'own_team' })}
    />
  );
}
