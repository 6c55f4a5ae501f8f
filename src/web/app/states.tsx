// What every list shows when there is nothing to show: still loading, empty, failed, no right.
import { Alert, Button, Center, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertCircle, IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiError } from './call-api.ts';
import { useTexts } from './use-texts.tsx';

/** Rows of the height that they will have, so that nothing jumps when they come. */
export function LoadingRows({ count = 6, height = 64 }: { count?: number; height?: number }) {
  const rows = Array.from({ length: count }, (_, n) => `row-${n}`);
  return (
    <Stack gap="xs" p="sm" aria-busy="true" className="waiting-rows">
      {rows.map((row) => (
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </Stack>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <Center p="xl" h="100%" mih={160}>
      <Stack align="center" gap="xs">
        <IconInbox size={36} stroke={1.2} aria-hidden color="var(--mantine-color-dimmed)" />
        <Text c="dimmed" ta="center" size="sm">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { general, signIn } = useTexts();
  const isForbidden = error instanceof ApiError && error.status === 403;
  const isUnreachable = error instanceof ApiError && error.status === 0;
  const words = isForbidden ? general.noRight : isUnreachable ? signIn.unreachable : general.loadFailed;
  return (
    <Alert
      m="sm"
      className="failed"
      color={isForbidden ? 'gray' : 'red'}
      role="alert"
      icon={<IconAlertCircle aria-hidden />}
    >
      <Group justify="space-between">
        <Text size="sm">{words}</Text>
        {!isForbidden && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {general.retry}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

/** One of three: loading, failed, or what `children` makes of the data. */
export function Loaded<T>({
  query,
  children,
  rows,
}: {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  children: (data: T) => ReactNode;
  rows?: number;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <LoadingRows {...(rows === undefined ? {} : { count: rows })} />;
}

export function NotFound() {
  const { general } = useTexts();
  return <Notice title={general.notFound} />;
}

export function Broken() {
  const { general } = useTexts();
  return <Notice title={general.broken} />;
}

function Notice({ title }: { title: string }) {
  const { general } = useTexts();
  return (
    <Center component="main" mih="60vh" p="md">
      <Stack align="center">
        <Title order={1} size="h3" ta="center">
          {title}
        </Title>
        <Button component="a" href="/" variant="light">
          {general.home}
        </Button>
      </Stack>
    </Center>
  );
}
