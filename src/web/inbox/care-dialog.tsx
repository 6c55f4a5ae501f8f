// The dialogs behind the panel: each asks for the least that the server needs.
import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { GrowingField } from '../app/growing-field.tsx';
import { notify } from '../app/notify.ts';
import { serverClock } from '../app/server-clock.ts';
import { clockTime, dayName } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { stepsQuery, trainingsQuery } from './care-queries.ts';
import type { Conversation } from './context-answers.ts';
import { type Chosen, FlowPicker } from './flow-picker.tsx';
import { colleaguesQuery } from './queries.ts';
import { useChange } from './use-change.ts';
import { isWindowClosed } from './window-state.tsx';

export type CareKind = 'flow' | 'training' | 'task' | 'case';
/** What is open, with the words that it begins with. */
export type Opened = { kind: CareKind | 'template'; words?: string };
type Props = {
  conversation: Conversation;
  kind: CareKind;
  words: string;
  /** Another dialog takes its place. */
  onTurn: (opened: Opened) => void;
  onClose: () => void;
};
type FormProps = { onDo: (what: string, body: object) => void; isBusy: boolean };
type HeardProps = FormProps & Pick<Props, 'conversation' | 'onTurn'>;

export default function CareDialog({ conversation, kind, words, onTurn, onClose }: Props) {
  const { inbox, general } = useTexts();
  const change = useChange();
  const onDo = (what: string, body: object) =>
    change.mutate(
      { method: 'POST', path: `/inbox/conversations/${conversation.id}/${what}`, body },
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
        <BeginFlow {...form} conversation={conversation} onTurn={onTurn} />
      ) : kind === 'training' ? (
        <BookTraining {...form} conversation={conversation} onTurn={onTurn} />
      ) : (
        <OpenWork kind={kind} begun={words} {...form} />
      )}
    </Modal>
  );
}

function BeginFlow({ onDo, isBusy, conversation, onTurn }: HeardProps) {
  const { care } = useTexts().inbox;
  const [chosen, setChosen] = useState<Chosen>({ flow: null, at: null });
  const { flow, at } = chosen;
  const { isOpen, reason } = conversation.context.scriptWindow;
  const { data: script } = useQuery({ ...stepsQuery(flow ?? ''), enabled: flow !== null });
  const step = at === null ? script?.steps[0] : script?.steps.find(({ id }) => id === at);
  const isUnheard = !isOpen && step?.hasOtherWay === false;
  return (
    <Stack>
      <Text size="sm">{care.flowHint}</Text>
      <FlowPicker value={chosen} onChange={setChosen} />
      {!isOpen && step?.hasOtherWay && (
        <Alert role="note" color="orange" p="xs">
          <Text size="sm">
            {reason} {care.otherWay}
          </Text>
        </Alert>
      )}
      {isUnheard && (
        <Unheard what={care.closedFlow} reason={reason} call={care.callFlow(script?.title ?? '')} onTurn={onTurn} />
      )}
      <Group justify="flex-end">
        <Button
          loading={isBusy}
          disabled={flow === null || isUnheard || (!isOpen && step === undefined)}
          onClick={() => onDo('flows', { flow, ...(at === null ? {} : { at }) })}
        >
          {care.begin}
        </Button>
      </Group>
    </Stack>
  );
}

function BookTraining({ onDo, isBusy, conversation, onTurn }: HeardProps) {
  const { texts, language } = useSpoken();
  const { care } = texts.inbox;
  const { data } = useQuery(trainingsQuery);
  const trainings = data?.items ?? [];
  const [place, setPlace] = useState<string | null>(null);
  const [slot, setSlot] = useState<string | null>(null);
  const nameOf = ({ flow, step }: { flow: string; step: string }) => `${flow}/${step}`;
  const training = trainings.find((one) => nameOf(one) === place) ?? trainings[0];
  const slots = training?.slots ?? [];
  const { window } = conversation.context;
  const isUnheard = isWindowClosed(window);
  return (
    <Stack>
      {isUnheard ? (
        <Unheard what={care.closedTraining} reason={window.reason} call={care.callTraining} onTurn={onTurn} />
      ) : (
        <Text size="sm">{care.trainingHint}</Text>
      )}
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
          disabled={isUnheard || training === undefined || slot === null}
          onClick={() => onDo('bookings', { flow: training?.flow, step: training?.step, startsAt: slot })}
        >
          {care.book}
        </Button>
      </Group>
    </Stack>
  );
}

type UnheardProps = { what: string; reason: string; call: string; onTurn: Props['onTurn'] };

/** Said before the act: nothing that is done here would reach the customer; what would. */
function Unheard({ what, reason, call, onTurn }: UnheardProps) {
  const { care, window: words } = useTexts().inbox;
  return (
    <Alert role="note" color="orange" p="xs" aria-label={what}>
      <Text size="sm" fw={600}>
        {what}
      </Text>
      <Text size="sm">{reason}</Text>
      <Group gap="xs" mt="xs">
        <Button size="xs" onClick={() => onTurn({ kind: 'template' })}>
          {words.chooseTemplate}
        </Button>
        <Button size="xs" variant="default" onClick={() => onTurn({ kind: 'task', words: call })}>
          {care.callInstead}
        </Button>
      </Group>
    </Alert>
  );
}

const DAY_MS = 86_400_000;
const DAYS = { day: 1, days: 3, week: 7 } as const;

function OpenWork({ kind, begun, onDo, isBusy }: FormProps & { kind: 'task' | 'case'; begun: string }) {
  const { care } = useTexts().inbox;
  const { data: colleagues = [] } = useQuery(colleaguesQuery);
  const [words, setWords] = useState(begun);
  const [due, setDue] = useState<keyof typeof DAYS>('day');
  const [ownerId, setOwnerId] = useState<string | null>(null);
  const submit = () => {
    const dueAt = new Date(serverClock() + DAYS[due] * DAY_MS).toISOString();
    onDo('work', { kind, words, dueAt, ownerId });
  };
  return (
    <Stack>
      <GrowingField
        label={kind === 'task' ? care.what : care.wrong}
        required
        rows={2}
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
