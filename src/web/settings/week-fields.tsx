// The week of the business, day by day, and the days on which nobody is there.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { holidayList } from '../../inbox/settings-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Loaded } from '../app/states.tsx';
import { shortDate } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import type { FieldsProps } from './setting-card.tsx';
import classes from './settings.module.css';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Day = (typeof days)[number];
type Props = FieldsProps<'business_hours'>;

export function WeekFields(props: Props) {
  const { hours } = useTexts().desk;
  return (
    <Stack gap="xs">
      {days.map((day) => (
        <DayRow key={day} day={day} {...props} />
      ))}
      <Text fw={600} size="sm" mt="sm">
        {hours.holidays}
      </Text>
      <Text size="xs" className="fact-name">
        {hours.holidaysHint}
      </Text>
      <Holidays {...props} />
      <CatalogueHolidays />
    </Stack>
  );
}

function DayRow({ day, value, set, mistakes, isFixed }: Props & { day: Day }) {
  const { hours } = useTexts().desk;
  const name = hours.days[day];
  const spans = value[day];
  const put = (next: typeof spans) => set({ [day]: next });
  const problem = mistakes[day];
  const last = spans.at(-1)?.to ?? '08:00';
  return (
    <Group gap="xs" align="flex-start" role="group" aria-label={name} className={classes.day ?? ''}>
      <Text size="sm" fw={600} w={84} pt={6}>
        {name}
      </Text>
      <Stack gap={6} flex={1}>
        {spans.length === 0 && (
          <Text size="sm" pt={6} className="fact-name">
            {hours.closed}
          </Text>
        )}
        {spans.map((span, n) => (
          // A span has no name but its place.
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end
          <Group key={n} gap="xs" wrap="nowrap" align="flex-start">
            {(['from', 'to'] as const).map((end) => (
              <TextInput
                key={end}
                size="xs"
                w={92}
                aria-label={`${name}: ${hours[end]}`}
                placeholder="08:00"
                maxLength={5}
                inputMode="numeric"
                readOnly={isFixed}
                value={span[end]}
                error={mistakes[`${day}.${n}.${end}`]}
                onChange={({ currentTarget }) =>
                  put(spans.map((one, at) => (at === n ? { ...one, [end]: currentTarget.value } : one)))
                }
              />
            ))}
            {!isFixed && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={hours.removeSpan(name, span.from)}
                onClick={() => put(spans.filter((_, at) => at !== n))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        ))}
        {problem !== undefined && (
          <Text size="xs" c="red.8" role="alert">
            {problem}
          </Text>
        )}
      </Stack>
      {!isFixed && (
        <ActionIcon
          variant="default"
          aria-label={hours.addSpan(name)}
          onClick={() => put([...spans, { from: last, to: last < '18:00' ? '18:00' : '24:00' }])}
        >
          <IconPlus size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}

function Holidays({ value, set, mistakes, isFixed }: Props) {
  const { hours } = useTexts().desk;
  const list = value.holidays;
  const change = (n: number, part: Partial<(typeof list)[number]>) =>
    set({ holidays: list.map((one, at) => (at === n ? { ...one, ...part } : one)) });
  return (
    <Stack gap="xs">
      {list.map((holiday, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end
        <Group key={n} gap="xs" align="flex-start">
          {(['name', 'from', 'to'] as const).map((field) => (
            <TextInput
              key={field}
              size="xs"
              type={field === 'name' ? 'text' : 'date'}
              aria-label={{ name: hours.holidayName, from: hours.firstDay, to: hours.lastDay }[field]}
              placeholder={field === 'name' ? hours.holidayName : undefined}
              readOnly={isFixed}
              value={holiday[field]}
              error={mistakes[`holidays.${n}.${field}`]}
              onChange={({ currentTarget }) => change(n, { [field]: currentTarget.value })}
            />
          ))}
          {!isFixed && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={hours.removeHoliday(holiday.name)}
              onClick={() => set({ holidays: list.filter((_, at) => at !== n) })}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      ))}
      {!isFixed && (
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => set({ holidays: [...list, { name: '', from: '', to: '' }] })}
          >
            {hours.addHoliday}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function CatalogueHolidays() {
  const { texts, language } = useSpoken();
  const { hours } = texts.desk;
  const query = useQuery({
    queryKey: ['settings', 'catalogue-holidays'],
    queryFn: ({ signal }) => callApi(holidayList, { path: '/settings/business_hours/holidays', signal }),
  });
  const span = (from: string, to: string) =>
    from === to ? shortDate(from, language) : `${shortDate(from, language)} – ${shortDate(to, language)}`;
  return (
    <details>
      <summary>{hours.ofCatalogue}</summary>
      <Loaded query={query} rows={1}>
        {({ items }) => (
          <ul className={classes.days}>
            {items.map(({ name, from, to }) => (
              <li key={`${name} ${from}`}>
                {name}: {span(from, to)}
              </li>
            ))}
            {items.length === 0 && <li>{hours.noneOfCatalogue}</li>}
          </ul>
        )}
      </Loaded>
    </details>
  );
}
