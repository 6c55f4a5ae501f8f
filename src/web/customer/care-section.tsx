// How the customer is looked after: journeys with what comes and why not, surveys, offers, cases and tasks.
import { Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { CustomerPage } from '../../customers/page-schema.ts';
import { fullMoment } from '../app/time.ts';
import { useOwnerName } from '../tasks/use-owner-name.ts';
import { Nothing, Panel, Rows, State, worded } from './parts.tsx';
import { useSpoken } from './words.ts';

type Part = { customer: CustomerPage };

export function CareSection({ customer }: Part) {
  const { texts } = useSpoken();
  const { customer: words } = texts.pages;
  return (
    <Stack>
      <Work title={words.cases} items={customer.cases} to="/cases" />
      <Work title={words.tasks} items={customer.tasks} to="/tasks" />
      <Enrolments customer={customer} />
      <Surveys customer={customer} />
      <Offers customer={customer} />
    </Stack>
  );
}

const stepWidths = ['24%', '20%', '14%', '42%'] as const;

function Work({ title, items, to }: { title: string; items: CustomerPage['tasks']; to: '/tasks' | '/cases' }) {
  const { texts, language } = useSpoken();
  const { work: words } = texts.pages;
  const ownerName = useOwnerName();
  return (
    <Panel title={title}>
      <Rows
        name={title}
        heads={[words.title, words.status, words.owner, words.due]}
        rows={items.map(({ id, words: about, kind, status, owner, dueAt, outcome }) => ({
          id,
          cells: [
            <Link key={id} to={to} search={{ open: id }} className="text-link">
              {about}
            </Link>,
            [worded(words.states, status), worded(words.kinds, kind), outcome].filter(Boolean).join(' · '),
            ownerName(owner),
            fullMoment(dueAt, language),
          ],
        }))}
      />
    </Panel>
  );
}

function Enrolments({ customer }: Part) {
  const { texts, language } = useSpoken();
  const { customer: words } = texts.pages;
  return (
    <Panel title={words.enrolments}>
      {customer.enrolments.length === 0 && <Nothing>{words.none}</Nothing>}
      <Stack>
        {customer.enrolments.map(({ id, journey, title, status, reason, steps }) => (
          <div key={id}>
            <Group gap="xs">
              <Text fw={600} className="keep-lines" title={journey}>
                {title ?? journey}
              </Text>
              <State words={words.enrolmentState} name={status} />
              {reason && (
                <Text size="sm" className="keep-lines">
                  {reason}
                </Text>
              )}
            </Group>
            <Rows
              name={`${words.enrolments}: ${title ?? journey}`}
              heads={[words.steps(steps.length), words.at, words.status, words.whyNot]}
              widths={stepWidths}
              rows={steps.map((step, n) => ({
                id: `${step.step}-${n}`,
                cells: [
                  <span key="step" title={step.step}>
                    {step.title ?? step.step}
                  </span>,
                  fullMoment(step.dueAt, language),
                  worded(words.stepState, step.status),
                  step.reason,
                ],
              }))}
            />
          </div>
        ))}
      </Stack>
    </Panel>
  );
}

function Surveys({ customer }: Part) {
  const { texts, language } = useSpoken();
  const { customer: words } = texts.pages;
  return (
    <Panel title={words.surveys}>
      <Rows
        name={words.surveys}
        heads={[words.kind, words.status, words.at]}
        rows={customer.surveys.map(({ id, metric, status, score, comment, askedAt, answeredAt }) => ({
          id,
          cells: [
            metric.toUpperCase(),
            [worded(words.surveyState, status), score, comment].filter((part) => part !== null).join(' · '),
            fullMoment(answeredAt ?? askedAt, language),
          ],
        }))}
      />
    </Panel>
  );
}

function Offers({ customer }: Part) {
  const { texts, language } = useSpoken();
  const { customer: words } = texts.pages;
  return (
    <Panel title={words.offers}>
      <Rows
        name={words.offers}
        heads={[words.offerCode, words.status, words.at, words.whyNot]}
        rows={customer.offers.map(({ id, code, title, state, benefit, reason, sentAt }) => ({
          id,
          cells: [
            <span key="offer" title={code}>
              {[title ?? code, benefit].filter(Boolean).join(': ')}
            </span>,
            worded(words.offerState, state),
            sentAt && fullMoment(sentAt, language),
            reason,
          ],
        }))}
      />
    </Panel>
  );
}
