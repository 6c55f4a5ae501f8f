// Who is on duty, and how much each of them leads.
import { Badge, Table, Text } from '@mantine/core';
import type { Supervision } from '../../inbox/supervision-schema.ts';
import { useRowKeys } from '../app/use-row-keys.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { Open } from './opened.tsx';
import classes from './supervisor.module.css';

type Person = Supervision['people'][number];
const colors = { online: 'brand.7', away: 'yellow.9', offline: 'gray.7' } as const;

export function PeopleTable({ people, open }: { people: readonly Person[]; open: Open }) {
  const { supervisor: words } = useTexts().desk;
  const keys = useRowKeys<HTMLElement>();
  const heads = [words.person, words.load, words.overdue, words.firstReply, words.repliesToday];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
    <section {...keys} className="scroll-x" aria-label={words.people} tabIndex={0}>
      <Table miw={620}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <PersonRow key={person.id} person={person} open={open} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** Less than one is not nothing. */
export const wholeMinutes = (minutes: number): string => (minutes < 1 ? '<1' : String(minutes));

function PersonRow({ person, open }: { person: Person; open: Open }) {
  const { supervisor: words } = useTexts().desk;
  const isFull = person.capacity !== null && person.open >= person.capacity;
  const show = (of: 'open' | 'overdue', title: string) => () =>
    open({ of, staff: person.id, title: `${person.name}: ${title}` });
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600}>
          {person.name}
        </Text>
        <Badge size="sm" tt="none" variant="filled" color={colors[person.presence]}>
          {words.presence[person.presence]}
        </Badge>{' '}
        <Text span size="xs" className="fact-name">
          {person.team?.name}
        </Text>
      </Table.Td>
      <Table.Td>
        <button
          type="button"
          data-row
          className={isFull ? classes.fullLink : classes.link}
          aria-label={`${person.name}: ${words.load} ${words.of(person.open, person.capacity)}`}
          onClick={show('open', words.load)}
        >
          {words.of(person.open, person.capacity)}
        </button>
      </Table.Td>
      <Table.Td>
        <button
          type="button"
          className={person.overdue > 0 ? classes.fullLink : classes.link}
          aria-label={`${person.name}: ${words.overdue} ${person.overdue}`}
          onClick={show('overdue', words.overdue)}
        >
          {person.overdue}
        </button>
      </Table.Td>
      <Table.Td>
        {person.firstReplyMinutes === null ? '–' : words.median(wholeMinutes(person.firstReplyMinutes))}
      </Table.Td>
      <Table.Td>{person.repliesToday}</Table.Td>
    </Table.Tr>
  );
}
