// Where one writes: a reply or a note, what may be said now and what it costs, canned replies behind "/", colleagues behind
// "@", files, signs, templates, a later moment. The words are only ever let go of when the server has taken them.
import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { IconClockPlus, IconSend } from '@tabler/icons-react';
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, lazy, Suspense, useRef, useState } from 'react';
import { channelLimits } from '../../flows/channel-limits.ts';
import { GrowingField } from '../app/growing-field.tsx';
import { useKeys } from '../app/keys.ts';
import { useMe } from '../app/session.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { whenNeeded } from '../app/when-needed.ts';
import { AttachmentStrip } from './attachment-strip.tsx';
import { type Attachments, useAttachments } from './attachments.ts';
import { CannedMenu, useCanned } from './canned-menu.tsx';
import { ReplyTools } from './composer-tools.tsx';
import type { Conversation } from './context-answers.ts';
import classes from './conversation.module.css';
import { useDraft, useNoteDraft } from './keep-draft.ts';
import { MentionMenu, useMentions } from './mention-menu.tsx';
import { NewerReply } from './newer-reply.tsx';
import { useSend } from './use-send.ts';
import { isWindowClosed, WindowState } from './window-state.tsx';

const ClosedWindow = lazy(() => whenNeeded(() => import('./closed-window.tsx')));

type Props = { conversation: Conversation; onTyping: () => void; onSaid: () => void };
type Mode = 'reply' | 'note';

export function Composer({ conversation, onTyping, onSaid }: Props) {
  const { composer: words } = useTexts().inbox;
  const desk = useDesk(conversation, onSaid);
  const { mode, text, setText, field, isNote, attachments, canned, mentions } = desk;
  return (
    <div className={classes.composer} tabIndex={-1} {...dropping(attachments, isNote)}>
      <div className={classes.composerTop}>
        <SegmentedControl
          size="xs"
          aria-label={words.label}
          value={mode}
          onChange={(value) => desk.setMode(value === 'note' ? 'note' : 'reply')}
          data={[
            { value: 'reply', label: words.reply },
            { value: 'note', label: words.note },
          ]}
        />
        {!isNote && !desk.isClosed && <WindowState window={conversation.context.window} />}
      </div>
      {desk.isClosed && (
        <Suspense>
          <ClosedWindow id={conversation.id} reason={conversation.context.window.reason} />
        </Suspense>
      )}
      <NewerReply send={desk.send} onSendAnyway={desk.submit} />
      {!isNote && <AttachmentStrip attachments={attachments} />}
      <CannedMenu canned={canned} />
      <MentionMenu mentions={mentions} />
      <GrowingField
        ref={field}
        className={isNote ? (classes.note ?? '') : ''}
        aria-label={isNote ? words.noteLabel : words.label}
        placeholder={isNote ? words.notePlaceholder : words.placeholder}
        rows={2}
        maxLength={isNote ? 5_000 : 10_000}
        value={text}
        {...canned.fieldProps}
        {...mentions.fieldProps}
        onChange={(event) => {
          setText(event.currentTarget.value);
          if (!isNote) onTyping();
        }}
        onPaste={(event) => takePasted(event, attachments, isNote)}
        onKeyDown={desk.onKey}
      />
      <Foot conversation={conversation} desk={desk} />
    </div>
  );
}

type Desk = ReturnType<typeof useDesk>;

/** Words for the customer and words for colleagues never share a field. */
function useWords(conversation: Conversation) {
  const me = useMe();
  const [mode, setMode] = useState<Mode>('reply');
  const drafts = { reply: useDraft(me.id, conversation), note: useNoteDraft(me.id, conversation.id) };
  const [text, setText] = drafts[mode];
  return { mode, setMode, text, setText, forget: (taken: Mode) => drafts[taken][1]('') };
}

/** All that is being written in this conversation. */
function useDesk(conversation: Conversation, onSaid: () => void) {
  const { mode, setMode, text, setText, forget } = useWords(conversation);
  const [sendAt, setSendAt] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const attachments = useAttachments(conversation);
  const send = useSend(conversation.id, (taken) => {
    forget(taken);
    if (taken === 'reply') {
      setSendAt(null);
      attachments.clear();
    }
    goOnWriting(field.current);
    onSaid();
  });
  const isNote = mode === 'note';
  const canned = useCanned(isNote ? '' : text, conversation, setText);
  const mentions = useMentions(text, isNote, setText);
  const focus = (next: Mode) => {
    setMode(next);
    field.current?.focus();
  };
  useKeys({ r: () => focus('reply'), n: () => focus('note') });
  const isClosed = !isNote && isWindowClosed(conversation.context.window);
  const hasSomething = text.trim() !== '' || (!isNote && attachments.ids.length > 0);
  const isOnlyWords = conversation.context.window.mode === 'human_agent' && attachments.files.length > 0;
  const maySend = hasSomething && !send.isPending && !isClosed && (isNote || !(attachments.isBusy || isOnlyWords));
  const submit = () =>
    send.go(
      isNote
        ? { mode: 'note', text, mentions: mentions.called }
        : { mode: 'reply', text, attachmentIds: attachments.ids, sendAt },
    );
  const onKey = (event: KeyboardEvent) => {
    if (canned.onKey(event) || mentions.onKey(event) || !isSendKey(event)) return;
    event.preventDefault();
    if (maySend) submit();
  };
  const addSign = (sign: string) => {
    const at = field.current?.selectionStart ?? text.length;
    setText(text.slice(0, at) + sign + text.slice(at));
    field.current?.focus();
  };
  return {
    ...{ mode, setMode, text, setText, field, sendAt, setSendAt, attachments, send, isNote },
    ...{ canned, mentions, maySend, submit, onKey, addSign, isClosed, isOnlyWords },
  };
}

function Foot({ conversation, desk }: { conversation: Conversation; desk: Desk }) {
  const { texts, language } = useSpoken();
  const { composer: words } = texts.inbox;
  const { isNote, text, sendAt, send, attachments } = desk;
  const limit = conversation.channel === 'email' ? Infinity : channelLimits[conversation.channel].text;
  const isTaking = !isNote && conversation.state !== 'with_agent' && (text !== '' || attachments.files.length > 0);
  const footWords = [
    isNote ? '' : lengthInWords(words, text, limit),
    sendAt === null || isNote ? '' : words.laterAt(fullMoment(sendAt, language)),
    desk.isOnlyWords && !isNote ? texts.inbox.window.onlyWords : '',
    isTaking ? words.taking : '',
  ]
    .filter(Boolean)
    .join(' ');
  const label = isNote ? words.sendNote : sendAt === null ? words.send : words.plan;
  return (
    <div className={classes.composerFoot}>
      {isNote ? (
        <span />
      ) : (
        <ReplyTools
          conversation={conversation}
          attachments={attachments}
          sendAt={sendAt}
          onSendAt={desk.setSendAt}
          onSign={desk.addSign}
        />
      )}
      <Text size="xs" className={`${classes.windowState} ${classes.footWords}`} aria-live="polite">
        {footWords}
      </Text>
      <Group gap="sm" wrap="nowrap">
        {footWords === '' && (
          <Text size="xs" className={`${classes.windowState} ${classes.hint}`}>
            {words.hint}
          </Text>
        )}
        <Button
          size="sm"
          rightSection={
            sendAt === null || isNote ? <IconSend size={16} aria-hidden /> : <IconClockPlus size={16} aria-hidden />
          }
          loading={send.isPending}
          disabled={!desk.maySend}
          onClick={desk.submit}
        >
          {label}
        </Button>
      </Group>
    </div>
  );
}

function lengthInWords(words: ReturnType<typeof useTexts>['inbox']['composer'], text: string, limit: number): string {
  const { length } = text;
  if (length > limit) return words.parts(Math.ceil(length / limit));
  return length > limit * 0.8 ? words.length(length, limit) : '';
}

function isSendKey({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return key === 'Enter' && (ctrlKey || metaKey);
}

/** The button that sent it can no longer be pressed; whoever went elsewhere meanwhile stays there. */
function goOnWriting(field: HTMLTextAreaElement | null): void {
  const at = document.activeElement;
  if (at === document.body || field?.closest('[tabindex="-1"]')?.contains(at)) field?.focus();
}

/** Pictures of the clipboard; words are pasted as words. */
function takePasted(event: ClipboardEvent, attachments: Attachments, isNote: boolean): void {
  const files = [...event.clipboardData.files];
  if (isNote || files.length === 0) return;
  event.preventDefault();
  attachments.add(files);
}

function dropping(attachments: Attachments, isNote: boolean) {
  return {
    onDragOver: (event: DragEvent) => {
      if (!isNote && event.dataTransfer.types.includes('Files')) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (isNote || event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      attachments.add(event.dataTransfer.files);
    },
  };
}
