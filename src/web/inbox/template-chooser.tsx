// Approved templates: what may be said when the window is closed. Filled with what we know, seen before it is paid for.
import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TemplateChoice } from '../../inbox/care-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Failed, LoadingRows } from '../app/states.tsx';
import { money } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import { sentAnswer } from './answers.ts';
import { templatesQuery } from './care-queries.ts';
import classes from './composer.module.css';
import { useNewestStaffMessage } from './newest-staff-message.ts';
import { useWish } from './use-wish.ts';

type Props = { id: string; onClose: () => void };

export default function TemplateChooser({ id, onClose }: Props) {
  const { texts } = useSpoken();
  const { templates: words } = texts.inbox;
  const query = useQuery(templatesQuery(id));
  const [chosenId, setChosenId] = useState<string | null>(null);
  const items = query.data?.items ?? [];
  const chosen = items.find((item) => item.id === chosenId) ?? items[0];
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.title}
      centered
      closeButtonProps={{ 'aria-label': texts.general.close }}
    >
      {query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <LoadingRows count={3} height={44} />
      ) : chosen === undefined ? (
        <Text size="sm">{words.none}</Text>
      ) : (
        <Stack gap="sm">
          <Select
            label={words.choose}
            allowDeselect={false}
            searchable
            data={items.map((item) => ({ value: item.id, label: item.text.slice(0, 70) }))}
            value={chosen.id}
            onChange={setChosenId}
          />
          <Filled key={chosen.id} id={id} template={chosen} onDone={onClose} />
        </Stack>
      )}
    </Modal>
  );
}

function Filled({ id, template, onDone }: { id: string; template: TemplateChoice; onDone: () => void }) {
  const { texts, language } = useSpoken();
  const { templates: words } = texts.inbox;
  const [values, setValues] = useState(() =>
    Object.fromEntries(template.parameters.map(({ name, value }) => [name, value])),
  );
  const send = useSendTemplate(id, onDone);
  const lengthOf = (name: string) => [...(values[name] ?? '').trim()].length;
  const isReady = template.parameters.every(
    ({ name, required, max }) => (!required || lengthOf(name) > 0) && lengthOf(name) <= max,
  );
  return (
    <>
      {template.parameters.map(({ name, label, max, required }) => (
        <TextInput
          key={name}
          label={label}
          required={required}
          value={values[name] ?? ''}
          error={lengthOf(name) > max ? words.left(lengthOf(name), max) : null}
          onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
        />
      ))}
      <div>
        <Text size="xs" fw={600} className="fact-name">
          {words.preview}
        </Text>
        <p className={classes.previewWords}>{previewOf(template, values)}</p>
      </div>
      {send.error && (
        <Alert color="red" role="alert" title={words.refused}>
          {send.error.message}
        </Alert>
      )}
      <Group justify="space-between">
        <Text size="sm">{template.price === 0 ? words.free : words.price(money(template.price, language))}</Text>
        <Button
          loading={send.isPending}
          disabled={!isReady}
          onClick={() => send.mutate({ templateId: template.id, parameters: trimmed(values) })}
        >
          {words.send}
        </Button>
      </Group>
    </>
  );
}

function useSendTemplate(id: string, onDone: () => void) {
  const queries = useQueryClient();
  const newest = useNewestStaffMessage(id);
  const wish = useWish();
  return useMutation({
    mutationFn: async (fields: { templateId: string; parameters: Record<string, string> }) => {
      const { key: onceKey, seen } = wish.take(JSON.stringify(fields), newest.current());
      const body = { ...fields, seenStaffMessageId: seen };
      const call = { method: 'POST', path: `/inbox/conversations/${id}/messages`, body, onceKey } as const;
      newest.saw((await callApi(sentAnswer, call)).newestStaffMessageId);
    },
    onSuccess: () => {
      wish.end();
      onDone();
    },
    onError: (error) => wish.end(error),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['inbox'] }),
  });
}

/** What is left empty is not sent: an optional place stays out. */
function trimmed(values: Record<string, string>): Record<string, string> {
  const given = Object.entries(values).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

function previewOf({ text, parameters }: TemplateChoice, values: Record<string, string>): string {
  const names = new Set(parameters.map(({ name }) => name));
  const put = (whole: string, name: string) => (names.has(name) ? values[name] || '…' : whole);
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, put).replace(/<(\w+)>/g, put);
}
