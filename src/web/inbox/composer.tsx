// Where one writes: a reply or a note, what may be said now and what it costs, canned replies behind "/". The text is
// only ever let go of when the server has taken it.
import { Alert, Button, Group, SegmentedControl, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useRef, useState } from 'react';
import { ApiError, callApi, tell } from '../app/call-api.ts';
import { useKeys } from '../app/keys.ts';
import { useMe } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { newerReply, sentAnswer } from './answers.ts';
import { CannedMenu, useCanned } from './canned-menu.tsx';
import type { Conversation } from './context-answers.ts';
import classes from './conversation.module.css';
import { useDraft } from './keep-draft.ts';
import { useNewestStaffMessage } from './newest-staff-message.ts';
import { isWindowClosed, WindowState } from './window-state.tsx';

type Props = { conversation: Conversation; onTyping: () => void };
type Mode = 'reply' | 'note';

/** Where the channel cuts a text into several. */
const LIMITS: Record<string, number> = { zalo: 2_000, messenger: 2_000 };

export function Composer({ conversation, onTyping }: Props) {
  const texts = useTexts();
  const { composer: words } = texts.inbox;
  const me = useMe();
  const [mode, setMode] = useState<Mode>('reply');
  const [text, setText] = useDraft(me.id, conversation);
  const field = useRef<HTMLTextAreaElement>(null);
  const send = useSend(conversation.id, () => setText(''));
  const canned = useCanned(mode === 'reply' ? text : '', conversation, setText);
  const focus = (next: Mode) => {
    setMode(next);
    field.current?.focus();
  };
  useKeys({ r: () => focus('reply'), n: () => focus('note') });
  const window = conversation.context.window;
  const isClosed = mode === 'reply' && isWindowClosed(window);
  const maySend = text.trim() !== '' && !send.isPending && !isClosed;
  const onKey = (event: KeyboardEvent) => {
    if (canned.onKey(event)) return;
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (maySend) send.go(mode, text);
  };
  const isNote = mode === 'note';
  return (
    <div className={classes.composer}>
      <div className={classes.composerTop}>
        <SegmentedControl
          size="xs"
          aria-label={words.label}
          value={mode}
          onChange={(value) => setMode(value === 'note' ? 'note' : 'reply')}
          data={[
            { value: 'reply', label: words.reply },
            { value: 'note', label: words.note },
          ]}
        />
        {!isNote && <WindowState window={window} />}
      </div>
      <Refusal send={send} text={text} />
      <CannedMenu canned={canned} />
      <Textarea
        ref={field}
        className={isNote ? (classes.note ?? '') : ''}
        aria-label={isNote ? words.noteLabel : words.label}
        placeholder={isNote ? words.notePlaceholder : words.placeholder}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={10_000}
        value={text}
        {...canned.fieldProps}
        onChange={(event) => {
          setText(event.currentTarget.value);
          if (!isNote) onTyping();
        }}
        onKeyDown={onKey}
      />
      <div className={classes.composerFoot}>
        <Text size="xs" className={classes.windowState ?? ''}>
          {isNote ? '' : lengthInWords(words, text, LIMITS[conversation.channel] ?? 2_000)}
          {!isNote && conversation.state !== 'with_agent' && text !== '' ? ` ${words.taking}` : ''}
        </Text>
        <Group gap="sm">
          <Text size="xs" className={`${classes.windowState} ${classes.hint}`}>
            {words.hint}
          </Text>
          <Button
            size="sm"
            rightSection={<IconSend size={16} aria-hidden />}
            loading={send.isPending}
            disabled={!maySend}
            onClick={() => send.go(mode, text)}
          >
            {isNote ? words.sendNote : words.send}
          </Button>
        </Group>
      </div>
    </div>
  );
}

function lengthInWords(words: ReturnType<typeof useTexts>['inbox']['composer'], text: string, limit: number): string {
  const { length } = text;
  if (length > limit) return words.parts(Math.ceil(length / limit));
  return length > limit * 0.8 ? words.length(length, limit) : '';
}

type Send = ReturnType<typeof useSend>;

function useSend(id: string, onTaken: () => void) {
  const queries = useQueryClient();
  const { inbox } = useTexts();
  const newest = useNewestStaffMessage(id);
  const [newer, setNewer] = useState<{ by: string | null; text: string | null } | null>(null);
  // A repeat of the same text after a lost answer is the same wish.
  const wish = useRef({ text: '', key: '' });
  const mutation = useMutation({
    mutationFn: async ({ mode, text }: { mode: Mode; text: string }) => {
      const what = `${mode}:${newest.current()}:${text}`;
      if (wish.current.text !== what) wish.current = { text: what, key: crypto.randomUUID() };
      const once = { method: 'POST', onceKey: wish.current.key } as const;
      const path = `/inbox/conversations/${id}`;
      if (mode === 'note') return await tell({ ...once, path: `${path}/notes`, body: { text, mentions: [] } });
      const body = { text, seenStaffMessageId: newest.current() };
      newest.saw((await callApi(sentAnswer, { ...once, path: `${path}/messages`, body })).newestStaffMessageId);
    },
    onSuccess: () => {
      wish.current = { text: '', key: '' };
      setNewer(null);
      onTaken();
    },
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'newer_reply') {
        const details = newerReply.safeParse(error.details);
        setNewer(details.success ? details.data : { by: null, text: null });
        // It stands before their eyes now, whether or not the thread could be asked anew.
        if (details.success) newest.saw(details.data.newestStaffMessageId);
      } else if (!(error instanceof ApiError && error.status === 401))
        notifications.show({ color: 'red', title: inbox.composer.failed, message: error.message });
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['inbox'] }),
  });
  return {
    isPending: mutation.isPending,
    newer,
    forgive: () => setNewer(null),
    go: (mode: Mode, text: string) => mutation.mutate({ mode, text }),
  };
}

/** Somebody answered meanwhile: what they said, and the choice to send all the same. */
function Refusal({ send, text }: { send: Send; text: string }) {
  const { composer: words } = useTexts().inbox;
  if (send.newer === null) return null;
  return (
    <Alert mb="xs" color="yellow" role="alert" title={words.newerTitle(send.newer.by ?? '?')}>
      <Text size="sm" className="keep-lines" mb="xs">
        {send.newer.text}
      </Text>
      <Group justify="space-between">
        <Text size="sm">{words.newerHint}</Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={send.forgive}>
            {words.keepEditing}
          </Button>
          <Button size="xs" onClick={() => send.go('reply', text)}>
            {words.sendAnyway}
          </Button>
        </Group>
      </Group>
    </Alert>
  );
}
