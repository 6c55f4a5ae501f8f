// One conversation in the list: who, what was said last, why a person is called, and how long there is.
import { Avatar } from '@mantine/core';
import { IconBrandMessenger, IconMail, IconMessageCircle } from '@tabler/icons-react';
import { memo } from 'react';
import { briefMoment, spanInWords } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import type { Row } from './answers.ts';
import classes from './inbox.module.css';

type Props = { row: Row; now: number; isOpen: boolean; onOpen: (id: string) => void };

export const ConversationRow = memo(function ConversationRow({ row, now, isOpen, onOpen }: Props) {
  const { texts, language } = useSpoken();
  const { inbox } = texts;
  const { lastMessage } = row;
  const speaker = lastMessage?.from === 'bot' ? inbox.fromBot : lastMessage?.from === 'staff' ? inbox.fromStaff : '';
  return (
    <button
      type="button"
      className={classes.row}
      aria-current={isOpen ? 'true' : undefined}
      data-unread={row.unread > 0}
      onClick={() => onOpen(row.id)}
    >
      <span className={classes.face}>
        <CustomerFace row={row} size={40} />
        <ChannelMark channel={row.channel} />
      </span>
      <span className={classes.rowBody}>
        <span className={classes.rowTop}>
          <span className={classes.rowName}>{row.customer.name ?? inbox.nameless}</span>
          {lastMessage && (
            <time className={classes.rowTime} dateTime={lastMessage.at}>
              {briefMoment(lastMessage.at, now, language)}
            </time>
          )}
        </span>
        <span className={classes.rowText}>
          {speaker}
          {lastMessage?.text ?? '…'}
        </span>
        <span className={classes.rowFoot}>
          <Deadline row={row} now={now} />
          <span className={classes.rowReason}>{row.assignee?.name ?? row.reason ?? inbox.state[row.state]}</span>
          {row.unread > 0 && (
            <span className={classes.unread}>
              <span aria-hidden>{row.unread >= 20 ? '20+' : row.unread}</span>
              <span className="visually-hidden">{inbox.unread(row.unread)}</span>
            </span>
          )}
        </span>
      </span>
    </button>
  );
});

export function CustomerFace({ row, size }: { row: Pick<Row, 'customer'>; size: number }) {
  const { name, avatarUrl } = row.customer;
  return (
    <Avatar
      size={size}
      radius="xl"
      src={avatarUrl !== null && /^https?:\/\//.test(avatarUrl) ? avatarUrl : null}
      alt=""
      color="initials"
      allowedInitialsColors={['teal', 'cyan', 'indigo', 'grape']}
      {...(name ? { name } : {})}
    />
  );
}

/** What is due first: the reply, then the end. */
function Deadline({ row, now }: { row: Row; now: number }) {
  const { texts, language } = useSpoken();
  const dueAt = row.replyDueAt ?? row.resolveDueAt;
  const { inbox } = texts;
  if (dueAt === null) {
    if (row.waitingSince === null) return null;
    return (
      <span className={classes.due}>{inbox.waitingFor(spanInWords(now - Date.parse(row.waitingSince), language))}</span>
    );
  }
  const left = Date.parse(dueAt) - now;
  const isLate = left < 0 || row.isOverdue;
  return (
    <span className={classes.due} data-late={isLate} data-soon={row.isDueSoon}>
      {isLate ? inbox.late(spanInWords(left, language)) : inbox.due(spanInWords(left, language))}
    </span>
  );
}

export function ChannelMark({ channel }: { channel: Row['channel'] }) {
  const { inbox } = useSpoken().texts;
  const Icon = { zalo: IconMessageCircle, messenger: IconBrandMessenger, email: IconMail }[channel];
  return (
    <span className={classes.channel} data-channel={channel} role="img" aria-label={inbox.channel[channel]}>
      <Icon size={12} stroke={2.2} aria-hidden />
    </span>
  );
}
