// What goes along with words: files, signs, a template, a later moment.
import { Group } from '@mantine/core';
import { IconPaperclip, IconTemplate } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTexts } from '../app/use-texts.tsx';
import { whenNeeded } from '../app/when-needed.ts';
import type { Attachments } from './attachments.ts';
import type { Conversation } from './context-answers.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { LaterMenu } from './later-menu.tsx';
import { ToolButton } from './tool-button.tsx';

const TemplateChooser = lazy(() => whenNeeded(() => import('./template-chooser.tsx')));

const ACCEPTED = 'image/jpeg,image/png,image/gif,image/webp,application/pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,video/mp4';

type Props = {
  conversation: Conversation;
  attachments: Attachments;
  sendAt: string | null;
  onSendAt: (moment: string | null) => void;
  onSign: (sign: string) => void;
};

export function ReplyTools({ conversation, attachments, sendAt, onSendAt, onSign }: Props) {
  const { inbox } = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const [isChoosing, setChoosing] = useState(false);
  return (
    <Group gap={2} wrap="nowrap">
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        aria-label={inbox.composer.attach}
        onChange={(event) => {
          attachments.add(event.currentTarget.files ?? []);
          event.currentTarget.value = '';
        }}
      />
      <ToolButton label={inbox.composer.attach} onClick={() => input.current?.click()}>
        <IconPaperclip size={20} stroke={1.6} aria-hidden />
      </ToolButton>
      <EmojiPicker onChoose={onSign} />
      <ToolButton label={inbox.templates.open} onClick={() => setChoosing(true)}>
        <IconTemplate size={20} stroke={1.6} aria-hidden />
      </ToolButton>
      <LaterMenu window={conversation.context.window} value={sendAt} onChange={onSendAt} />
      {isChoosing && (
        <Suspense>
          <TemplateChooser id={conversation.id} onClose={() => setChoosing(false)} />
        </Suspense>
      )}
    </Group>
  );
}
