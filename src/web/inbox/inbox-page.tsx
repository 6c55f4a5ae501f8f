// The inbox: queues, the list, the conversation, the card of the customer. Small screens show one of them at a time.
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useDeferredValue, useState } from 'react';
import { Empty, LoadingRows } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { ConversationList } from './conversation-list.tsx';
import { ConversationView } from './conversation-view.tsx';
import classes from './inbox.module.css';
import { Queues } from './queues.tsx';

export function InboxPage() {
  const { inbox } = useTexts();
  const { queue } = useParams({ from: '/shell/inbox/$queue' });
  const { c: openId, message: messageId, q, channel } = useSearch({ from: '/shell/inbox/$queue' });
  const navigate = useNavigate();
  // The list says at once which one it is; the conversation is drawn after that.
  const drawnId = useDeferredValue(openId);
  const [showsContext, setShowsContext] = useState(false);
  const open = useCallback(
    (id: string | undefined, message?: string) =>
      void navigate({ to: '/inbox/$queue', params: { queue }, search: (before) => ({ ...before, c: id, message }) }),
    [navigate, queue],
  );
  return (
    <div className={classes.inbox} data-open={openId !== undefined} data-context={showsContext}>
      <Queues queue={queue} />
      <ConversationList filter={{ queue, q, channel }} openId={openId} onOpen={open} />
      {openId === undefined ? (
        <div className={classes.nothing}>
          <h1 className="visually-hidden">{inbox.queues[queue]}</h1>
          <Empty>{inbox.choose}</Empty>
        </div>
      ) : openId !== drawnId ? (
        <LoadingRows />
      ) : (
        <ConversationView
          key={openId}
          id={openId}
          messageId={messageId}
          onEnd={() => open(openId)}
          showsContext={showsContext}
          onShowContext={setShowsContext}
          onClose={() => open(undefined)}
        />
      )}
    </div>
  );
}
