// One line of the timeline. What people wrote is only ever text; links to media open elsewhere.
import { Anchor, Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconChecks,
  IconClock,
  IconNote,
  IconPaperclip,
  IconRobot,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { serverClock } from '../app/server-clock.ts';
import { useMe } from '../app/session.tsx';
import { clockTime, dayName, fullMoment, isSameDay } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import type { TimelineItem } from './answers.ts';
import classes from './conversation.module.css';
import { useChange } from './use-change.ts';

const DAY_MS = 86_400_000;

export function DayMark({ at }: { at: string }) {
  const { texts, language } = useSpoken();
  const now = serverClock();
  const words = isSameDay(at, now)
    ? texts.inbox.today
    : isSameDay(at, now - DAY_MS)
      ? texts.inbox.yesterday
      : dayName(at, language);
  return <div className={classes.day}>{words}</div>;
}

export const TimelineEntry = memo(function TimelineEntry({ item }: { item: TimelineItem }) {
  const { texts, language } = useSpoken();
  const { inbox } = texts;
  if (item.kind === 'event')
    return (
      <p className={classes.event}>
        {[eventWords(inbox.events, item), item.text, item.reason].filter(Boolean).join(' · ')} <Clock at={item.at} />
      </p>
    );
  const isBot = item.from.type === 'bot' || item.from.type === 'system';
  const speaker = item.kind === 'in' ? null : isBot ? botName(inbox.bot, item) : item.from.name;
  return (
    <article className={classes.message} data-kind={item.kind} data-bot={isBot}>
      {speaker && (
        <span className={classes.speaker}>
          {item.kind === 'note' ? <IconNote size={13} aria-hidden /> : isBot && <IconRobot size={13} aria-hidden />}
          {item.kind === 'note' ? `${inbox.note} · ${speaker}` : speaker}
        </span>
      )}
      <div className={classes.bubble}>
        {item.text !== null && item.text !== '' && <p className={classes.words}>{item.text}</p>}
        {item.media.map((media, n) => (
          <Media key={`${item.id}-${media.url ?? n}`} media={media} />
        ))}
      </div>
      <span className={classes.foot}>
        <time dateTime={item.at}>{clockTime(item.at, language)}</time>
        {item.kind !== 'in' && item.kind !== 'note' && <Receipt item={item} />}
        {item.kind === 'out' && item.status === 'queued' && item.sendAt !== null && item.from.type === 'staff' && (
          <Planned item={item} sendAt={item.sendAt} />
        )}
      </span>
    </article>
  );
});

/** Kinds of the ledger that have no words yet are shown as they are written. */
function eventWords(known: Record<string, string>, { event, from, flowTitle }: TimelineItem): string {
  const what = known[event ?? ''] ?? event?.replaceAll('_', ' ') ?? '';
  const words = event === 'flow_started' && flowTitle !== null ? `${what}: ${flowTitle}` : what;
  return from.type === 'staff' && from.name ? `${words} (${from.name})` : words;
}

function botName(bot: string, { flow, flowTitle, step }: TimelineItem): string {
  return [bot, flowTitle ?? flow, step].filter(Boolean).join(' · ');
}

function Clock({ at }: { at: string }) {
  const { language } = useSpoken();
  return <time dateTime={at}>{clockTime(at, language)}</time>;
}

/** A message for later: when it leaves, and a way to take it back. */
function Planned({ item, sendAt }: { item: TimelineItem; sendAt: string }) {
  const { texts, language } = useSpoken();
  const change = useChange();
  const path = `/inbox/conversations/${item.conversationId}/messages/${item.id.slice('o:'.length)}/cancel`;
  return (
    <span className={classes.receipt}>
      {texts.inbox.planned(fullMoment(sendAt, language))}
      <Button
        size="compact-xs"
        variant="subtle"
        loading={change.isPending}
        onClick={() => change.mutate({ method: 'POST', path })}
      >
        {texts.inbox.cancelPlanned}
      </Button>
    </span>
  );
}

function Receipt({ item: { status, reason, kind } }: { item: TimelineItem }) {
  const { inbox } = useSpoken().texts;
  const known: Record<string, string> = inbox.status;
  const mayDecide = useMe().scopes.includes('settings:write');
  const words = kind === 'skipped' ? inbox.skipped : (known[status ?? ''] ?? status ?? '');
  const isBad = kind === 'skipped' || ['failed', 'uncertain', 'parked', 'skipped'].includes(status ?? '');
  const Icon = isBad
    ? IconAlertTriangle
    : status === 'read' || status === 'delivered'
      ? IconChecks
      : status === 'sent'
        ? IconCheck
        : IconClock;
  return (
    <span className={classes.receipt} data-status={isBad ? 'bad' : status}>
      <Icon size={13} aria-hidden />
      {words}
      {isBad && reason ? `: ${reason}` : ''}
      {status === 'parked' && mayDecide && (
        <Link to="/settings/{-$section}" params={{ section: 'stuck' }} className="text-link">
          {inbox.decide}
        </Link>
      )}
    </span>
  );
}

/** Only addresses of the web are led to. */
function Media({ media }: { media: TimelineItem['media'][number] }) {
  const { inbox } = useSpoken().texts;
  const kinds: Record<string, string> = inbox.media;
  const name = media.name ?? kinds[media.kind] ?? media.kind;
  if (!media.url || !/^(https?:\/\/|\/(?!\/))/.test(media.url)) return <span className={classes.media}>{name}</span>;
  if (media.kind === 'image' || media.kind === 'sticker')
    return (
      <a href={media.url} target="_blank" rel="noopener noreferrer" aria-label={inbox.openMedia(name)}>
        <img src={media.url} alt={name} loading="lazy" className={classes.picture} />
      </a>
    );
  return (
    <Anchor href={media.url} target="_blank" rel="noopener noreferrer" size="sm" className={classes.media ?? ''}>
      <IconPaperclip size={14} aria-hidden /> {name}
    </Anchor>
  );
}
