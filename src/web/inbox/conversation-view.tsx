// One conversation: who it is and who leads it, everything that was said, the composer, and the card of the customer.
import { ActionIcon, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useState } from 'react';
import { ApiError } from '../app/call-api.ts';
import { Empty, Failed, LoadingRows } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { Actions } from './actions.tsx';
import { Composer } from './composer.tsx';
import type { Conversation } from './context-answers.ts';
import { ContextCard } from './context-card.tsx';
import classes from './conversation.module.css';
import { ChannelMark, CustomerFace } from './conversation-row.tsx';
import { usePresence } from './presence.ts';
import { conversationQuery } from './queries.ts';
import { Timeline } from './timeline.tsx';

type Props = {
  id: string;
  /** Where the thread is opened, else at its end. */
  messageId: string | undefined;
  onEnd: () => void;
  showsContext: boolean;
  onShowContext: (shows: boolean) => void;
  onClose: () => void;
};

export function ConversationView({ id, messageId, onEnd, showsContext, onShowContext, onClose }: Props) {
  const { inbox } = useTexts();
  const query = useQuery(conversationQuery(id));
  const presence = usePresence(id);
  const [ownWords, setOwnWords] = useState(0);
  const conversation = query.data;
  // After the words and the field to answer them: whoever types meanwhile is not kept waiting.
  const known = useDeferredValue(conversation, undefined);
  const closeCard = useCallback(() => onShowContext(false), [onShowContext]);
  if (query.error instanceof ApiError && query.error.status === 404)
    return (
      <section className={classes.middle} aria-label={inbox.gone}>
        <Header conversation={undefined} onClose={onClose} onContext={() => undefined} showsContext={false} />
        <Empty>{inbox.gone}</Empty>
      </section>
    );
  return (
    <div className={classes.view} data-context={showsContext}>
      <section className={classes.middle} aria-label={conversation?.customer.name ?? inbox.nameless}>
        <Header
          conversation={conversation}
          onClose={onClose}
          onContext={() => onShowContext(!showsContext)}
          showsContext={showsContext}
        />
        {query.error && conversation === undefined ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Timeline key={messageId} id={id} messageId={messageId} onEnd={onEnd} ownWords={ownWords} />
        )}
        <p className={classes.presence} aria-live="polite">
          {presence.words}
        </p>
        {conversation && (
          <Composer
            conversation={conversation}
            onTyping={presence.tell}
            onSaid={() => {
              setOwnWords((count) => count + 1);
              if (messageId !== undefined) onEnd();
            }}
          />
        )}
      </section>
      <aside className={classes.context} aria-label={inbox.context.title}>
        {known ? (
          <ContextCard conversation={known} onClose={closeCard} />
        ) : (
          !query.error && <LoadingRows count={5} height={48} />
        )}
      </aside>
    </div>
  );
}

type HeaderProps = {
  conversation: Conversation | undefined;
  showsContext: boolean;
  onClose: () => void;
  onContext: () => void;
};

function Header({ conversation, showsContext, onClose, onContext }: HeaderProps) {
  const { inbox, general } = useTexts();
  const leader = conversation?.assignee?.name ?? conversation?.owner;
  return (
    <header className={classes.header}>
      <ActionIcon className={classes.back ?? ''} variant="subtle" aria-label={general.back} onClick={onClose} size="lg">
        <IconArrowLeft size={20} />
      </ActionIcon>
      {conversation && (
        <>
          <span className={classes.headerFace}>
            <CustomerFace row={conversation} size={36} />
            <ChannelMark channel={conversation.channel} />
          </span>
          <div className={classes.who}>
            <Title
              order={1}
              size="h5"
              lineClamp={1}
              className={classes.name ?? ''}
              title={conversation.customer.name ?? ''}
            >
              {conversation.customer.name ?? inbox.nameless}
            </Title>
            <Text size="xs" className={classes.state} data-state={conversation.state} truncate>
              {conversation.state === 'with_agent' && leader ? inbox.ledBy(leader) : inbox.state[conversation.state]}
              {conversation.reason && conversation.state === 'waiting_for_agent' ? ` · ${conversation.reason}` : ''}
            </Text>
          </div>
          <Actions conversation={conversation} />
          <ActionIcon
            className={classes.info ?? ''}
            variant="subtle"
            size="lg"
            aria-label={inbox.context.open}
            aria-expanded={showsContext}
            onClick={onContext}
          >
            <IconInfoCircle size={20} />
          </ActionIcon>
        </>
      )}
    </header>
  );
}
