// Business hours, deadlines and policies: each a form of its own.
import { Stack, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useMe } from '../app/session.tsx';
import { Failed } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { AssignmentFields, IdleFields, OutFields, SlaFields, VisibilityFields } from './policy-fields.tsx';
import { SettingCard, settingQuery } from './setting-card.tsx';
import { SettingHistory } from './setting-history.tsx';
import { WeekFields } from './week-fields.tsx';

const names = ['business_hours', 'sla', 'idle_policy', 'out_of_hours', 'assignment', 'team_visibility'] as const;

export function HourSettings() {
  const { desk, pages } = useTexts();
  const mayReadHistory = useMe().scopes.includes('audit:read');
  const { policies } = desk;
  // What cannot be read is said once for all of them.
  const settings = useQueries({ queries: names.map(settingQuery) });
  const failed = settings.find(({ data, error }) => error !== null && data === undefined);
  if (failed)
    return <Failed error={failed.error} onRetry={() => void Promise.all(settings.map(({ refetch }) => refetch()))} />;
  return (
    <Stack>
      <Title order={2} size="h5">
        {pages.settings.hours}
      </Title>
      <SettingCard name="business_hours" title={desk.hours.week}>
        {(fields) => <WeekFields {...fields} />}
      </SettingCard>
      <SettingCard name="sla" title={policies.sla}>
        {(fields) => <SlaFields {...fields} />}
      </SettingCard>
      <SettingCard name="idle_policy" title={policies.idle}>
        {(fields) => <IdleFields {...fields} />}
      </SettingCard>
      <SettingCard name="out_of_hours" title={policies.out}>
        {(fields) => <OutFields {...fields} />}
      </SettingCard>
      <SettingCard name="assignment" title={policies.assignment}>
        {(fields) => <AssignmentFields {...fields} />}
      </SettingCard>
      <SettingCard name="team_visibility" title={policies.visibility}>
        {(fields) => <VisibilityFields {...fields} />}
      </SettingCard>
      {mayReadHistory && <SettingHistory />}
    </Stack>
  );
}
