// What the sections of a customer are made of: a panel with its title, facts, a table that scrolls by itself.
import { Badge, Paper, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTexts } from './words.ts';

type PanelProps = { title: string; action?: ReactNode; children: ReactNode };

export function Panel({ title, action, children }: PanelProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <div className="panel-head">
        <Title order={2} size="h5">
          {title}
        </Title>
        {action}
      </div>
      {children}
    </Paper>
  );
}

export function Facts({ rows }: { rows: [name: string, value: ReactNode][] }) {
  return (
    <dl className="facts">
      {rows.map(
        ([name, value]) =>
          value !== null &&
          value !== undefined &&
          value !== '' && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

type Row = { id: string; cells: ReactNode[] };

type RowsProps = {
  name: string;
  heads: string[];
  rows: Row[];
  /** Of the columns, for tables that stand below each other. */
  widths?: readonly string[];
};

/** "Nothing yet" when there are no rows. */
export function Rows({ name, heads, rows, widths }: RowsProps) {
  const { pages } = useTexts();
  if (rows.length === 0) return <Nothing>{pages.customer.none}</Nothing>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
    <section className="scroll-x" aria-label={name} tabIndex={0}>
      <Table verticalSpacing={6} className="flowing" layout={widths ? 'fixed' : 'auto'}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head, n) => (
              <Table.Th key={head} w={widths?.[n]}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ id, cells }) => (
            <Table.Tr key={id}>
              {heads.map((head, n) => (
                <Table.Td key={head} className="cell">
                  {cells[n]}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

export function Nothing({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

/** The word for a stored name; the name itself where there is none. */
export function worded(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? name;
}

export function State({ words, name }: { words: Readonly<Record<string, string>>; name: string }) {
  return (
    <Badge variant="default" tt="none">
      {worded(words, name)}
    </Badge>
  );
}
