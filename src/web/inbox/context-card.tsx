// What one should know before answering, at a glance: plan, scores, what is open, where the bot stands, what may be said.
import { Button, CloseButton, Group, Stack, Text, Title } from '@mantine/core';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, memo, type ReactNode, Suspense, useState } from 'react';
import { useMe } from '../app/session.tsx';
import { fullMoment, money, shortDate } from '../app/time.ts';
import { type Language, useSpoken } from '../app/use-texts.tsx';
import { whenNeeded } from '../app/when-needed.ts';
import type { Texts } from '../texts/vi.ts';
import { CarePanel } from './care-panel.tsx';
import composer from './composer.module.css';
import type { Context, Conversation } from './context-answers.ts';
import classes from './conversation.module.css';
import { isWindowClosed } from './window-state.tsx';

const OfferAnswer = lazy(() => whenNeeded(() => import('./offer-answer.tsx')));

type Props = { conversation: Conversation; onClose: () => void };

export const ContextCard = memo(function ContextCard({ conversation, onClose }: Props) {
  const { texts, language } = useSpoken();
  const { context: words } = texts.inbox;
  const { context, customer } = conversation;
  return (
    <Stack gap="md" p="md">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h5">
          {words.title}
        </Title>
        <CloseButton aria-label={texts.general.close} onClick={onClose} className={classes.closeContext ?? ''} />
      </Group>
      {customer.externalId && (
        <Link to="/customers/$externalId" params={{ externalId: customer.externalId }} className="text-link small-link">
          {words.customerPage}
        </Link>
      )}
      <CarePanel conversation={conversation} />
      <Facts name={words.window} values={windowWords(context.window, texts, language)} />
      <Known conversation={conversation} />
      <Checklist checklist={context.checklist} />
    </Stack>
  );
});

/** What they have, where the bot stands, and what is open. */
function Known({ conversation }: { conversation: Conversation }) {
  const { texts, language } = useSpoken();
  const { context: words } = texts.inbox;
  const { context } = conversation;
  const { flow } = context;
  return (
    <>
      <Facts
        name={words.plan}
        values={[
          [context.productTitle ?? context.product, context.planTitle ?? context.plan].filter(Boolean).join(' · '),
        ].filter(Boolean)}
      />
      <Fact name={words.expires} value={context.expiresAt ? shortDate(context.expiresAt, language) : null} />
      <Fact
        name={words.flow}
        value={flow ? [flow.title, flow.step && words.step(flow.step)].filter(Boolean).join(' · ') : null}
      />
      <Fact name={words.asked} value={flow?.asked ?? null} />
      <Offers conversation={conversation} />
      <Facts
        name={words.cases}
        values={context.openCases.map(
          ({ reason, dueAt }) => `${reason} (${words.deadline(shortDate(dueAt, language))})`,
        )}
      />
      <Facts
        name={words.tasks}
        values={context.openTasks.map(({ title, dueAt }) => `${title} (${words.deadline(shortDate(dueAt, language))})`)}
      />
      <Learned conversation={conversation} />
    </>
  );
}

/** What was learned about them over time. */
function Learned({ conversation: { context } }: { conversation: Conversation }) {
  const { texts, language } = useSpoken();
  const { context: words } = texts.inbox;
  return (
    <>
      <Facts
        name={words.scores}
        values={context.lastScores.map(
          ({ metric, score, comment, at }) =>
            `${metric.toUpperCase()} ${score} · ${shortDate(at, language)}${comment ? ` · ${comment}` : ''}`,
        )}
      />
      <Facts name={words.usage} values={usageWords(context, words)} />
      <Facts name={words.consent} values={consentWords(context.consent, words, language)} />
      <Fact
        name={words.industry}
        value={[context.customer.industry, context.customer.role].filter(Boolean).join(' · ')}
      />
      <Facts
        name={words.companions}
        values={context.companions.map(({ title, benefit }) => (benefit ? `${title}: ${benefit}` : title))}
      />
      <Facts
        name={words.others}
        values={context.otherChannels.map(({ channel }) => {
          const channels: Record<string, string> = texts.inbox.channel;
          return channels[channel] ?? channel;
        })}
      />
    </>
  );
}

const mark = { size: 17, className: classes.mark ?? '' };

function Checklist({ checklist }: Pick<Context, 'checklist'>) {
  const { texts } = useSpoken();
  if (checklist.length === 0) return null;
  return (
    <Section name={texts.inbox.context.checklist}>
      {checklist.map(({ id, title, isDone }) => (
        <Group key={id} gap={6} wrap="nowrap" align="flex-start">
          {isDone ? (
            <IconCircleCheck {...mark} color="var(--mantine-color-brand-6)" aria-label={texts.pages.work.done} />
          ) : (
            <IconCircle {...mark} color="var(--mantine-color-dimmed)" aria-label={texts.pages.work.open} />
          )}
          <Text size="sm">{title}</Text>
        </Group>
      ))}
    </Section>
  );
}

/** Open offers, each with a way to write down what the customer said. */
function Offers({ conversation: { id, context } }: { conversation: Conversation }) {
  const { texts, language } = useSpoken();
  const { care, context: words } = texts.inbox;
  const mayWrite = useMe().scopes.includes('conversations:write');
  const [answering, setAnswering] = useState<string | null>(null);
  const offer = context.openOffers.find((one) => one.id === answering);
  if (context.openOffers.length === 0) return null;
  return (
    <Section name={words.offers}>
      {context.openOffers.map((one) => (
        <div key={one.id} className={composer.offer}>
          <Text size="sm">
            {one.benefit ?? one.code}
            {one.deadlineAt ? ` (${words.deadline(shortDate(one.deadlineAt, language))})` : ''}
          </Text>
          {mayWrite && (
            <Button size="compact-xs" variant="subtle" onClick={() => setAnswering(one.id)}>
              {`${care.accepted} / ${care.declined}`}
            </Button>
          )}
        </div>
      ))}
      {offer && (
        <Suspense>
          <OfferAnswer id={id} offer={offer} onClose={() => setAnswering(null)} />
        </Suspense>
      )}
    </Section>
  );
}

type Words = Texts['inbox']['context'];

function windowWords(window: Context['window'], texts: Texts, language: Language): string[] {
  const { context: words, window: states } = texts.inbox;
  if (isWindowClosed(window)) return [states.closed, states.template];
  const left = window.closesAt === null ? [] : [words.deadline(fullMoment(window.closesAt, language))];
  return [words.nextCost(window.cost === 0 ? texts.inbox.templates.free : money(window.cost, language)), ...left];
}

/** What the product can do, and how much of it they use; other metrics as they are. */
function usageWords({ features, usage }: Context, words: Words): string[] {
  const known = new Set(features.map(({ metric }) => metric));
  const others = Object.entries(usage).filter(([metric]) => !metric.includes('.') && !known.has(metric));
  return [
    ...features.map(({ title, metric }) => {
      const month = usage[`${metric}.month`];
      const total = usage[metric];
      if (total === undefined) return `${title}: ${words.unused}`;
      return `${title}: ${total}${month === undefined ? '' : ` (${words.month(month)})`}`;
    }),
    ...others.map(([metric, value]) => `${metric}: ${value}`),
  ];
}

function consentWords({ optedOutAt, advertising }: Context['consent'], words: Words, language: Language): string[] {
  if (optedOutAt !== null) return [words.optedOut(shortDate(optedOutAt, language))];
  return [words.advertising[advertising === null ? 'unknown' : advertising ? 'yes' : 'no']];
}

function Fact({ name, value }: { name: string; value: string | null }) {
  return value ? <Facts name={name} values={[value]} /> : null;
}

/** Nothing at all when there is nothing to say. */
function Facts({ name, values }: { name: string; values: string[] }) {
  if (values.length === 0) return null;
  return (
    <Section name={name}>
      {values.map((value) => (
        <Text key={value} size="sm" className="keep-lines">
          {value}
        </Text>
      ))}
    </Section>
  );
}

function Section({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" fw={600} component="h3" className="fact-name">
        {name}
      </Text>
      {children}
    </div>
  );
}
