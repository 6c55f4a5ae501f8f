// One setting as a form: read, written, checked by the server's own schema, saved, and who changed it before.
import { Paper, Stack, Text, Title } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import type { z } from 'zod';
import { type InboxSettings, type SettingName, settingAnswer, settingSchemas } from '../../inbox/settings-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import { type Mistakes, mistakesOf, SaveBar, useDraft, useSave } from './draft.tsx';

export type FieldsProps<Name extends SettingName> = {
  value: InboxSettings[Name];
  set: (part: Partial<InboxSettings[Name]>) => void;
  mistakes: Mistakes;
  /** Reading is for more people than writing. */
  isFixed: boolean;
};

type CardProps<Name extends SettingName> = {
  name: Name;
  title: string;
  children: (fields: FieldsProps<Name>) => ReactNode;
};

export const settingQuery = (name: SettingName) =>
  queryOptions({
    queryKey: ['settings', name],
    queryFn: ({ signal }) => callApi(settingAnswer, { path: `/settings/${name}`, signal }),
  });

export function SettingCard<Name extends SettingName>({ name, title, children }: CardProps<Name>) {
  const query = useQuery(settingQuery(name));
  return (
    <Loaded query={query} rows={1}>
      {(answer) => (
        <SettingForm key={answer.updatedAt} name={name} title={title} answer={answer}>
          {children}
        </SettingForm>
      )}
    </Loaded>
  );
}

function SettingForm<Name extends SettingName>({
  name,
  title,
  answer,
  children,
}: CardProps<Name> & { answer: z.infer<typeof settingAnswer> }) {
  const { texts, language } = useSpoken();
  const isFixed = !useMe().scopes.includes('settings:write');
  const schema = settingSchemas[name];
  // The schema of this very name: TypeScript cannot tie an indexed schema to its own output.
  const kept = schema.parse(answer.value) as InboxSettings[Name];
  const draft = useDraft(kept);
  const save = useSave(settingAnswer, ['settings']);
  const mistakes = draft.isDirty ? mistakesOf(schema, draft.value, texts.desk.form) : {};
  const hasMistakes = Object.keys(mistakes).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!hasMistakes) save.mutate({ method: 'PUT', path: `/settings/${name}`, body: draft.value });
  };
  const { updatedBy, updatedAt } = answer;
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label={title} noValidate>
      <Stack gap="sm">
        <Title order={3} size="h6">
          {title}
        </Title>
        {children({ value: draft.value, set: draft.set, mistakes, isFixed })}
        <SaveBar draft={draft} isSaving={save.isPending} complaint={save.complaint} hasMistakes={hasMistakes} />
        {updatedBy !== null && updatedAt !== null && (
          <Text size="xs" className="fact-name">
            {texts.desk.form.changedBy(updatedBy.replace('staff:', ''), fullMoment(updatedAt, language))}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
