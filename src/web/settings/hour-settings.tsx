// Business hours, deadlines and policies: each a form of its own.
import { Stack, Title } from '@mantine/core';
import { useMe } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { AssignmentFields, IdleFields, OutFields, SlaFields, VisibilityFields } from './policy-fields.tsx';
import { SettingCard } from './setting-card.tsx';
import { SettingHistory } from './setting-history.tsx';
import { WeekFields } from './week-fields.tsx';

export function HourSettings() {
  const { desk, pages } = useTexts();
  const mayReadHistory = useMe().scopes.includes('audit:read');
  const { policies } = desk;
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
