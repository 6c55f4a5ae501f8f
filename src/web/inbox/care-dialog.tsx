// The dialogs behind the panel: each asks for the least that the server needs.
import { Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { notify } from '../app/notify.ts';
import { readClock } from '../app/page-facts.ts';
import { clockTime, dayName } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import type { CareKind } from './care-panel.tsx';
import { trainingsQuery } from './care-queries.ts';
import { type Chosen, FlowPicker } from './flow-picker.tsx';
import { colleaguesQuery } from './queries.ts';
import { useChange } from './use-change.ts';

type Props = { id: string; kind: CareKind; onClose: () => void };
type FormProps = { onDo: (what: string, body: object) => void; isBusy: boolean };

export default function CareDialog({ id, kind, onClose }: Props) {
  const { inbox, general } = useTexts();
  const change = useChange();
  const onDo = (what: string, body: object) =>
    change.mutate(
      { method: 'POST', path: `/inbox/conversations/${id}/${what}`, body },
      {
        onSuccess: () => {
          notify({ color: 'teal', message: inbox.care.done });
          onClose();
        },
      },
    );
  const form = { onDo, isBusy: change.isPending };
  return (
    <Modal
      opened
      onClose={onClose}
      title={inbox.care[kind]}
      centered
      closeButtonProps={{ 'aria-label': general.close }}
    >
      {kind === 'flow' ? (
        <BeginFlow {...form} />
      ) : kind === 'training' ? (
        <BookTraining {...form} />
      ) : (
        <OpenWork kind={kind} {...form} />
      )}
    </Modal>
  );
}

function BeginFlow({ onDo, isBusy }: FormProps) {
  const { care } = useTexts().inbox;
  const [chosen, setChosen] = useState<Chosen>({ flow: null, at: null });
  const { flow, at } = chosen;
  return (
    <Stack>
      <Text size="sm">{care.flowHint}</Text>
      <FlowPicker value={chosen} onChange={setChosen} />
      <Group justify="flex-end">
        <Button
          loading={isBusy}
          disabled={flow === null}
          onClick={() => onDo('flows', { flow, ...(at === null ? {} : { at }) })}
        >
          {care.begin}
        </Button>
      </Group>
    </Stack>
  );
}

function BookTraining({ onDo, isBusy }: FormProps) {
  const { texts, language } = useSpoken();
  const { care } = texts.inbox;
  const { data } = useQuery(trainingsQuery);
  const trainings = data?.items ?? [];
  const [place, setPlace] = useState<string | null>(null);
  const [slot, setSlot] = useState<string | null>(null);
  const nameOf = ({ flow, step }: { flow: string; step: string }) => `${flow}/${step}`;
  const training = trainings.find((one) => nameOf(one) === place) ?? trainings[0];
  const slots = training?.slots ?? [];
  return (
    <Stack>
      <Text size="sm">{care.trainingHint}</Text>
      {trainings.length > 1 && training && (
        <Select
          label={care.training}
          allowDeselect={false}
          data={trainings.map((one) => ({ value: nameOf(one), label: one.title }))}
          value={nameOf(training)}
          onChange={(next) => {
            setPlace(next);
            setSlot(null);
          }}
        />
      )}
      <Select
        label={care.slot}
        required
        searchable
        nothingFoundMessage={care.noSlots}
        data={slots.map((at) => ({ value: at, label: `${dayName(at, language)}, ${clockTime(at, language)}` }))}
        value={slot}
        onChange={setSlot}
      />
      <Group justify="flex-end">
        <Button
          loading={isBusy}
          disabled={training === undefined || slot === null}
          onClick={() => onDo('bookings', { flow: training?.flow, step: training?.step, startsAt: slot })}
        >
          {care.book}
        </Button>
      </Group>
    </Stack>
  );
}

const DAY_MS = 86_400_000;
const DAYS = { day: 1, days: 3, week: 7 } as const;

function OpenWork({ kind, onDo, isBusy }: FormProps & { kind: 'task' | 'case' }) {
  const { care } = useTexts().inbox;
  const { data: colleagues = [] } = useQuery(colleaguesQuery);
  const [words, setWords] = useState('');
  const [due, setDue] = useState<keyof typeof DAYS>('day');
  const [ownerId, setOwnerId] = useState<string | null>(null);
  const submit = () => {
    const dueAt = new Date(readClock() + DAYS[due] * DAY_MS).toISOString();
    onDo('work', { kind, words, dueAt, ownerId });
  };
  return (
    <Stack>
      <Textarea
        label={kind === 'task' ? care.what : care.wrong}
        required
        autosize
        minRows={2}
        maxLength={300}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        data-autofocus
      />
      <Select
        label={care.due}
        allowDeselect={false}
        data={Object.entries(care.dueChoice).map(([value, label]) => ({ value, label }))}
        value={due}
        onChange={(next) => setDue(next === 'week' || next === 'days' ? next : 'day')}
      />
      <Select
        label={care.owner}
        placeholder={care.ownerNobody}
        clearable
        searchable
        data={colleagues
          .filter(({ status }) => status === 'active')
          .map(({ id, name }) => ({ value: id, label: name }))}
        value={ownerId}
        onChange={setOwnerId}
      />
      <Group justify="flex-end">
        <Button loading={isBusy} disabled={words.trim() === ''} onClick={submit}>
          {care.create}
        </Button>
      </Group>
    </Stack>
  );
}
