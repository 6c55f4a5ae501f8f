// What one should know before answering, at a glance: plan, scores, what is open, where the bot stands, what may be said.
import { CloseButton, Group, Stack, Text, Title } from '@mantine/core';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { shortDate } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import type { Conversation } from './context-answers.ts';
import classes from './conversation.module.css';

export function ContextCard({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { texts, language } = useSpoken();
  const { context: words } = texts.inbox;
  const { context, customer } = conversation;
  const { flow } = context;
  return (
    <Stack gap="md" p="md">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h5">
          {words.title}
        </Title>
        <CloseButton aria-label={texts.general.close} onClick={onClose} className={classes.closeContext ?? ''} />
      </Group>
      {customer.externalId && (
        <Link to="/customers/$externalId" params={{ externalId: customer.externalId }} className="text-link">
          {words.customerPage}
        </Link>
      )}
      <Fact name={words.plan} value={[context.product, context.plan].filter(Boolean).join(' · ')} />
      <Fact name={words.expires} value={context.expiresAt ? shortDate(context.expiresAt, language) : null} />
      <Fact name={words.flow} value={flow ? [flow.title, flow.step].filter(Boolean).join(' · ') : null} />
      <Fact name={words.asked} value={flow?.asked ?? null} />
      <Facts
        name={words.scores}
        values={context.lastScores.map(({ metric, score }) => `${metric.toUpperCase()} ${score}`)}
      />
      <Facts
        name={words.usage}
        values={Object.entries(context.usage).map(([metric, value]) => `${metric}: ${value}`)}
      />
      <Facts name={words.offers} values={context.openOffers.map(({ code, benefit }) => benefit ?? code)} />
      <Facts name={words.cases} values={context.openCases.map(({ reason }) => reason)} />
      <Facts name={words.tasks} values={context.openTasks.map(({ title }) => title)} />
      <Facts name={words.companions} values={context.companions.map(({ title }) => title)} />
      <Facts
        name={words.others}
        values={context.otherChannels.map(({ channel }) => {
          const channels: Record<string, string> = texts.inbox.channel;
          return channels[channel] ?? channel;
        })}
      />
      {context.checklist.length > 0 && (
        <Section name={words.checklist}>
          {context.checklist.map(({ id, title, isDone }) => (
            <Group key={id} gap={6} wrap="nowrap" align="flex-start">
              {isDone ? (
                <IconCircleCheck size={17} color="var(--mantine-color-brand-6)" aria-label={texts.pages.work.done} />
              ) : (
                <IconCircle size={17} color="var(--mantine-color-dimmed)" aria-label={texts.pages.work.open} />
              )}
              <Text size="sm">{title}</Text>
            </Group>
          ))}
        </Section>
      )}
    </Stack>
  );
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
