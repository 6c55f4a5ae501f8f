// What the customer bought and how they use it: subscriptions with their history, orders, usage by month, trainings.
import { Group, Stack, Text } from '@mantine/core';
import type { CustomerPage } from '../../customers/page-schema.ts';
import { fullMoment, money, shortDate } from '../app/time.ts';
import { useOwnerName } from '../tasks/use-owner-name.ts';
import { Facts, Nothing, Panel, Rows, State, worded } from './parts.tsx';
import { useSpoken } from './words.ts';

type Part = { customer: CustomerPage };

export function BusinessSection({ customer }: Part) {
  return (
    <Stack>
      <Subscriptions customer={customer} />
      <Orders customer={customer} />
      <Usage customer={customer} />
      <Bookings customer={customer} />
    </Stack>
  );
}

function Subscriptions({ customer }: Part) {
  const { texts, language } = useSpoken();
  const { customer: words } = texts.pages;
  const ownerName = useOwnerName();
  type State = CustomerPage['subscriptions'][number]['changes'][number]['after'];
  const state = (one: State | null) =>
    one &&
    [
      one.planTitle ?? one.plan,
      worded(words.subscriptionState, one.status),
      one.expiresAt && shortDate(one.expiresAt, language),
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <Panel title={words.subscriptions}>
      {customer.subscriptions.length === 0 && <Nothing>{words.none}</Nothing>}
      <Stack>
        {customer.subscriptions.map((one) => (
          <div key={one.externalId}>
            <Group gap="xs">
              <Text fw={600} className="keep-lines">
                {[one.productTitle ?? one.product, one.planTitle ?? one.plan, one.externalId]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
              <State words={words.subscriptionState} name={one.status} />
            </Group>
            <Facts
              rows={[
                [words.expires, one.expiresAt && shortDate(one.expiresAt, language)],
                [words.value, one.value === null ? null : money(one.value, language)],
                [words.owner, ownerName(one.owner)],
              ]}
            />
            <Rows
              name={`${words.changes}: ${one.externalId}`}
              heads={[words.changes, words.at, words.plan]}
              rows={one.changes.map(({ kind, at, before, after }, n) => ({
                id: `${at}-${n}`,
                cells: [
                  worded(words.change, kind),
                  fullMoment(at, language),
                  [state(before), state(after)].filter(Boolean).join(' → '),
                ],
              }))}
            />
          </div>
        ))}
      </Stack>
    </Panel>
  );
}

function Orders({ customer }: Part) {
  const { texts, language } = useSpoken();
  const { customer: words } = texts.pages;
  return (
    <Panel title={words.orders}>
      <Rows
        name={words.orders}
        heads={[words.kind, words.amount, words.at, words.offerCode]}
        rows={customer.orders.map(({ externalId, kind, amount, at, offerCode, refundOf }) => ({
          id: externalId,
          cells: [
            `${worded(words.orderKind, kind)} ${externalId}${refundOf ? ` ← ${refundOf}` : ''}`,
            money(amount, language),
            fullMoment(at, language),
            offerCode,
          ],
        }))}
      />
    </Panel>
  );
}

function Usage({ customer }: Part) {
  const { texts } = useSpoken();
  const { customer: words } = texts.pages;
  return (
    <Panel title={words.usage}>
      {customer.usage.length === 0 && <Nothing>{words.none}</Nothing>}
      <Stack>
        {customer.usage.map(({ metric, months }) => {
          const most = Math.max(...months.map(({ total }) => total), 1);
          return (
            <div key={metric}>
              <Text size="sm" fw={600} className="keep-lines">
                {metric}
              </Text>
              <Rows
                name={`${words.usage}: ${metric}`}
                heads={[words.month, words.total, '']}
                rows={months.slice(0, 12).map(({ month, total }) => ({
                  id: month,
                  cells: [month, total, <Bar key={month} share={total / most} />],
                }))}
              />
            </div>
          );
        })}
      </Stack>
    </Panel>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <svg width="120" height="10" aria-hidden="true">
      <rect width={Math.max(2, 120 * share)} height="10" rx="3" fill="var(--mantine-color-brand-6)" />
    </svg>
  );
}

function Bookings({ customer }: Part) {
  const { texts, language } = useSpoken();
  const { customer: words } = texts.pages;
  return (
    <Panel title={words.bookings}>
      <Rows
        name={words.bookings}
        heads={[words.kind, words.at, words.total]}
        rows={customer.bookings.map(({ id, topic, startsAt, durationMinutes, cancelledAt }) => ({
          id,
          cells: [
            cancelledAt === null ? topic : words.calledOff(topic),
            fullMoment(startsAt, language),
            words.minutes(durationMinutes),
          ],
        }))}
      />
    </Panel>
  );
}
