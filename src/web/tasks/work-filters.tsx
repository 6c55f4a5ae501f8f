// Whose, late or not, of which kind, open or all: each choice is a new address.
import { Group, SegmentedControl, Select, Switch } from '@mantine/core';
import { caseKind } from '../../cases/case-schema.ts';
import { taskKinds } from '../../cases/task-schema.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { WorkKind, WorkSearch } from './read-work.ts';

const kinds: Record<WorkKind, readonly string[]> = { cases: caseKind.options, tasks: taskKinds };
const people = ['mine', 'team', 'none'] as const;

type Props = { work: WorkKind; search: WorkSearch; onChange: (search: WorkSearch) => void };

export function WorkFilters({ work, search, onChange }: Props) {
  const { pages } = useTexts();
  const { work: words } = pages;
  const names: Record<string, string> = words.kinds;
  const offered = [...new Set([...kinds[work], ...(search.kind ? [search.kind] : [])])];
  const { kind, who, ...rest } = search;
  const change = (next: WorkSearch) => onChange(next);
  return (
    <Group role="group" aria-label={words.filters} gap="sm" align="center">
      <Select
        aria-label={words.owner}
        w={150}
        allowDeselect={false}
        value={who ?? 'everybody'}
        data={[
          { value: 'everybody', label: words.who.everybody },
          ...people.map((value) => ({ value, label: words.who[value] })),
        ]}
        onChange={(next) => {
          const chosen = people.find((one) => one === next);
          change({ ...rest, ...(kind ? { kind } : {}), ...(chosen ? { who: chosen } : {}) });
        }}
      />
      <Select
        aria-label={words.kind}
        w={170}
        allowDeselect={false}
        value={kind ?? 'any'}
        data={[
          { value: 'any', label: words.anyKind },
          ...offered.map((value) => ({ value, label: names[value] ?? value })),
        ]}
        onChange={(next) =>
          change({ ...rest, ...(who ? { who } : {}), ...(next && next !== 'any' ? { kind: next } : {}) })
        }
      />
      <SegmentedControl
        aria-label={words.status}
        value={search.done ? 'all' : 'open'}
        onChange={(next) => change(next === 'all' ? { ...search, done: true } : without(search, 'done'))}
        data={[
          { value: 'open', label: words.open },
          { value: 'all', label: words.all },
        ]}
      />
      <Switch
        label={words.onlyLate}
        checked={search.late ?? false}
        onChange={(event) => change(event.currentTarget.checked ? { ...search, late: true } : without(search, 'late'))}
      />
    </Group>
  );
}

function without(search: WorkSearch, name: 'done' | 'late'): WorkSearch {
  const { [name]: _, ...rest } = search;
  return rest;
}
