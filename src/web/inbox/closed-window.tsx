// The channel lets nobody talk freely now: why, what may still be said, what that costs, and the way to it.
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconTemplate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { money } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import { templatesQuery } from './care-queries.ts';
import TemplateChooser from './template-chooser.tsx';

type Props = { id: string; reason: string };

export default function ClosedWindow({ id, reason }: Props) {
  const { texts, language } = useSpoken();
  const { window: words, templates } = texts.inbox;
  const [isChoosing, setChoosing] = useState(false);
  const prices = useQuery(templatesQuery(id)).data?.items.map(({ price }) => price);
  const least = Math.min(...(prices ?? []));
  return (
    <Alert role="note" color="orange" p="xs" mb="xs" aria-label={words.closed}>
      <Text size="sm" fw={600}>
        {words.closed}
      </Text>
      <Group justify="space-between" gap="xs">
        <Text size="sm" flex="1 1 220px">
          {reason} {prices === undefined ? null : prices.length === 0 ? templates.none : null}
          {prices !== undefined &&
            prices.length > 0 &&
            (least === 0 ? words.templateFree : words.templateFrom(money(least, language)))}
        </Text>
        <Button
          size="xs"
          leftSection={<IconTemplate size={16} aria-hidden />}
          disabled={prices?.length === 0}
          onClick={() => setChoosing(true)}
        >
          {words.chooseTemplate}
        </Button>
      </Group>
      {isChoosing && <TemplateChooser id={id} onClose={() => setChoosing(false)} />}
    </Alert>
  );
}
