// The rows of a list of work. The words open the whole; the customer's name leads to their page.
import { Badge, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { fullMoment } from '../app/time.ts';
import { useNow } from '../app/use-now.ts';
import { useRowKeys } from '../app/use-row-keys.ts';
import { useSpoken } from '../app/use-texts.tsx';
import type { Work, WorkKind, WorkSearch } from './read-work.ts';
import { useOwnerName } from './use-owner-name.ts';
import classes from './work.module.css';

type Props = { work: WorkKind; rows: Work[]; search: WorkSearch };

export function WorkTable({ work, rows, search }: Props) {
  const { texts } = useSpoken();
  const { work: words } = texts.pages;
  const keys = useRowKeys<HTMLElement>();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
    <section {...keys} className="scroll-x" aria-label={words[work]} tabIndex={0}>
      <Table verticalSpacing="sm" className={classes.table ?? ''}>
        <Table.Thead>
          <Table.Tr>
            {[words.title, words.kind, words.customer, words.owner, words.due].map((name, n) => (
              <Table.Th key={name} className={n === 0 ? '' : (classes.wide ?? '')}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <WorkRow key={row.id} work={work} row={row} search={search} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function WorkRow({ work, row, search }: { work: WorkKind; row: Work; search: WorkSearch }) {
  const { texts, language } = useSpoken();
  const { work: words } = texts.pages;
  const kinds: Record<string, string> = words.kinds;
  const states: Record<string, string> = words.states;
  const ownerName = useOwnerName();
  const now = useNow();
  const isLate = row.status === 'open' && Date.parse(row.dueAt) < now;
  return (
    <Table.Tr>
      <Table.Td maw={420}>
        <Link to={`/${work}`} search={{ ...search, open: row.id }} className="text-link" data-row>
          <Text size="sm" span lineClamp={2} className="keep-lines">
            {row.words}
          </Text>
        </Link>
        <Brief row={row} isLate={isLate} />
        {row.status !== 'open' && (
          <Text size="xs" c="dimmed" lineClamp={1}>
            {[states[row.status] ?? row.status, row.outcome].filter(Boolean).join(' · ')}
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.wide ?? ''}>{kinds[row.kind] ?? row.kind}</Table.Td>
      <Table.Td className={classes.wide ?? ''}>
        <Link to="/customers/$externalId" params={{ externalId: row.customerId }} className="text-link">
          {row.customerName ?? row.customer ?? texts.inbox.nameless}
        </Link>
      </Table.Td>
      <Table.Td className={classes.wide ?? ''}>
        {ownerName(row.owner) ?? (
          <Text size="sm" c="dimmed">
            {words.nobody}
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.wide ?? ''}>
        <Text size="sm">{fullMoment(row.dueAt, language)}</Text>
        {isLate && (
          <Badge color="red" variant="light" tt="none">
            {words.overdue}
          </Badge>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** Where there is no room for columns: whose and until when, on a line of its own below the words. */
function Brief({ row, isLate }: { row: Work; isLate: boolean }) {
  const { texts, language } = useSpoken();
  const { work: words } = texts.pages;
  return (
    <p className={classes.brief}>
      <span>{useOwnerName()(row.owner) ?? words.nobody}</span>
      <span className={isLate ? (classes.late ?? '') : ''}>
        {words.due}: {fullMoment(row.dueAt, language)}
        {isLate ? ` · ${words.overdue}` : ''}
      </span>
      <Link to="/customers/$externalId" params={{ externalId: row.customerId }} className="text-link">
        {row.customerName ?? row.customer ?? texts.inbox.nameless}
      </Link>
    </p>
  );
}
