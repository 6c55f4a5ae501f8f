// Who changed which setting, out of the audit.
import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { auditPage } from '../../audit/audit-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';

const changes = z.object({ changed: z.record(z.string(), z.unknown()) });
const action = encodeURIComponent('PUT /settings/:name');

export function SettingHistory() {
  const { texts, language } = useSpoken();
  const { form } = texts.desk;
  const names: Record<string, string> = texts.pages.settings.names;
  const query = useQuery({
    queryKey: ['settings', 'history'],
    queryFn: ({ signal }) => callApi(auditPage, { path: `/audit?limit=60&action=${action}`, signal }),
  });
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">
        {form.history}
      </Title>
      <Loaded query={query} rows={1}>
        {({ items }) => {
          const rows = items.flatMap((item) => {
            const read = changes.safeParse(item.data);
            return read.success ? [{ ...item, changed: read.data.changed }] : [];
          });
          if (rows.length === 0) return <Text size="sm">{form.noHistory}</Text>;
          return rows.slice(0, 20).map(({ id, at, actor, objectId, changed }) => (
            <Text key={id} size="sm">
              {fullMoment(at, language)} · {actor.replace('staff:', '')} · {names[objectId ?? ''] ?? objectId}:{' '}
              {Object.keys(changed).join(', ')}
            </Text>
          ));
        }}
      </Loaded>
    </Stack>
  );
}
