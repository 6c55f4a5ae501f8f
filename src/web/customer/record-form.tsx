// What is known of a customer, to be corrected. Only what was changed is sent; an emptied field is cleared.
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type CustomerPage, customerPage } from '../../customers/page-schema.ts';
import { pathOf, useAct } from './queries.ts';
import { useTexts } from './words.ts';

const plain = ['name', 'formOfAddress', 'phone', 'email', 'industry', 'role'] as const;
const fields = [...plain, 'birthday', 'tags'] as const;
type Field = (typeof fields)[number];
type Draft = Record<Field, string>;

const types: Partial<Record<Field, string>> = { phone: 'tel', email: 'email', birthday: 'date' };

export function birthdayOf({ attributes }: Pick<CustomerPage, 'attributes'>): string {
  return typeof attributes.sinh_nhat === 'string' ? attributes.sinh_nhat : '';
}

function draftOf(customer: CustomerPage): Draft {
  const { name, formOfAddress, phone, email, industry, role, tags } = customer;
  const texts = { name, formOfAddress, phone, email, industry, role };
  const filled = plain.map((field) => [field, texts[field] ?? '']);
  return { ...emptyDraft, ...Object.fromEntries(filled), birthday: birthdayOf(customer), tags: tags.join(', ') };
}
const emptyDraft: Draft = {
  ...{ name: '', formOfAddress: '', phone: '', email: '', industry: '', role: '', birthday: '', tags: '' },
};

/** The body of the change: what is different from before. */
export function changesIn(before: Draft, after: Draft): Record<string, unknown> {
  const moved = plain.filter((field) => before[field] !== after[field].trim());
  const tags = after.tags.split(',').map((tag) => tag.trim());
  return {
    ...Object.fromEntries(moved.map((field) => [field, after[field].trim() || null])),
    ...(before.birthday === after.birthday ? {} : { attributes: { sinh_nhat: after.birthday || null } }),
    ...(before.tags === after.tags.trim() ? {} : { tags: tags.filter((tag) => tag !== '') }),
  };
}

export function RecordForm({ customer, onClose }: { customer: CustomerPage; onClose: () => void }) {
  const { pages, general } = useTexts();
  const { customer: words } = pages;
  const before = draftOf(customer);
  const [draft, setDraft] = useState(before);
  const act = useAct(customerPage);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const body = changesIn(before, draft);
    if (Object.keys(body).length === 0) return onClose();
    act.mutate({ method: 'PATCH', path: pathOf(customer.id), body }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={save}>
      <Stack gap="sm">
        {fields.map((field) => (
          <TextInput
            key={field}
            label={words[field]}
            type={types[field] ?? 'text'}
            maxLength={field === 'formOfAddress' ? 20 : 200}
            description={field === 'tags' ? words.tagsHint : undefined}
            value={draft[field]}
            onChange={(event) => setDraft({ ...draft, [field]: event.currentTarget.value })}
          />
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {general.cancel}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {general.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
