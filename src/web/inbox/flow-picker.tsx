// A script and the step to begin at, by their own words.
import { Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTexts } from '../app/use-texts.tsx';
import { flowsQuery, stepsQuery } from './care-queries.ts';

export type Chosen = { flow: string | null; at: string | null };
type Props = { value: Chosen; onChange: (chosen: Chosen) => void };

export function FlowPicker({ value, onChange }: Props) {
  const { inbox } = useTexts();
  const { data: flows } = useQuery(flowsQuery);
  const { data: steps } = useQuery({ ...stepsQuery(value.flow ?? ''), enabled: value.flow !== null });
  return (
    <Stack gap="sm">
      <Select
        label={inbox.flow}
        required
        searchable
        data={(flows?.items ?? []).map(({ id, title }) => ({ value: id, label: title }))}
        value={value.flow}
        onChange={(flow) => onChange({ flow, at: null })}
      />
      <Select
        label={inbox.care.step}
        placeholder={inbox.care.fromStart}
        searchable
        clearable
        disabled={value.flow === null}
        data={(steps?.steps ?? []).map(({ id, title }) => ({
          value: id,
          label: title === '' ? id : `${id} · ${title}`,
        }))}
        value={value.at}
        onChange={(at) => onChange({ ...value, at })}
      />
    </Stack>
  );
}
