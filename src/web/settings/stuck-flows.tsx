// Flow files that did not pass: where, what, and how to mend it.
import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { flowProblemList } from '../../health/dead-letters-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Empty, Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';

export function StuckFlows() {
  const { stuck: words } = useTexts().desk;
  const query = useQuery({
    queryKey: ['dead-letters', 'flows'],
    queryFn: ({ signal }) => callApi(flowProblemList, { path: '/dead-letters/flows', signal }),
  });
  return (
    <Loaded query={query} rows={2}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty>{words.nothing}</Empty>
        ) : (
          <Stack>
            {items.map(({ file, line, column, step, message, fix, code, severity }) => (
              <Alert key={`${file} ${line} ${column} ${code}`} color={severity === 'error' ? 'red' : 'yellow'}>
                <Text fw={600} size="sm" className="keep-lines">
                  {[file, words.line(line, column), step].filter(Boolean).join(' · ')}
                </Text>
                <Text size="sm">{message}</Text>
                <Text size="sm">
                  {words.fix}: {fix}
                </Text>
              </Alert>
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}
