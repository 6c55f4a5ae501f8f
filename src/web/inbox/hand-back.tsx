// Back to the bot, with the choice of how it goes on.
import { Button, Group, Modal, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../app/use-texts.tsx';
import type { Context } from './context-answers.ts';
import { type Chosen, FlowPicker } from './flow-picker.tsx';
import { useChange } from './use-change.ts';

type Props = { id: string; flow: Context['flow']; onClose: () => void };

export default function HandBack({ id, flow, onClose }: Props) {
  const { inbox, general } = useTexts();
  const [how, setHow] = useState(flow ? 'resume' : 'end');
  const [next, setNext] = useState<Chosen>({ flow: null, at: null });
  const change = useChange();
  const submit = () => {
    const target = { flow: next.flow, ...(next.at === null ? {} : { at: next.at }) };
    const body = { how, ...(how === 'step' ? target : {}) };
    change.mutate({ path: `/inbox/conversations/${id}/hand-back`, body }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={inbox.handBackHow}
      centered
      closeButtonProps={{ 'aria-label': general.close }}
    >
      <Stack>
        <Radio.Group value={how} onChange={setHow} aria-label={inbox.handBackHow}>
          <Stack gap="sm">
            <Radio
              value="resume"
              label={inbox.handBackChoice.resume}
              description={flow?.asked ?? undefined}
              disabled={!flow}
            />
            <Radio value="step" label={inbox.handBackChoice.step} />
            <Radio value="end" label={inbox.handBackChoice.end} />
          </Stack>
        </Radio.Group>
        {how === 'step' && <FlowPicker value={next} onChange={setNext} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {general.cancel}
          </Button>
          <Button loading={change.isPending} disabled={how === 'step' && next.flow === null} onClick={submit}>
            {inbox.handBack}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
