// One task or case, whole: take it, give it away, move its deadline, end it with what came of it, open it again.
import { Alert, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ApiError, callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { Facts } from '../customer/parts.tsx';
import { readers, type Work, type WorkKind } from './read-work.ts';
import { useOwnerName } from './use-owner-name.ts';
import { EndWork, OwnWork } from './work-actions.tsx';

type Props = { work: WorkKind; id: string; onClose: () => void };

export function WorkDialog({ work, id, onClose }: Props) {
  const { pages, general } = useTexts();
  const query = useQuery({
    queryKey: ['work', work, 'one', id],
    queryFn: ({ signal }) => callApi(readers[work].one, { path: `/${work}/${id}`, signal }),
  });
  const isGone = query.error instanceof ApiError && query.error.status === 404;
  return (
    <Modal
      opened
      onClose={onClose}
      title={pages.work[work]}
      size="lg"
      closeButtonProps={{ 'aria-label': general.close }}
    >
      {isGone ? (
        <Alert color="gray">{pages.work.gone}</Alert>
      ) : (
        <Loaded query={query} rows={3}>
          {(item) => <Whole work={work} item={item} />}
        </Loaded>
      )}
    </Modal>
  );
}

function Whole({ work, item }: { work: WorkKind; item: Work }) {
  const { texts, language } = useSpoken();
  const { work: words } = texts.pages;
  const kinds: Record<string, string> = words.kinds;
  const states: Record<string, string> = words.states;
  const mayWrite = useMe().scopes.includes('conversations:write');
  const isOpen = item.status === 'open';
  const { isRecovered = null } = item;
  const ownerName = useOwnerName();
  return (
    <Stack>
      <Text fw={600} className="keep-lines">
        {item.words}
      </Text>
      <Facts
        rows={[
          [words.status, states[item.status] ?? item.status],
          [words.kind, kinds[item.kind] ?? item.kind],
          [words.owner, ownerName(item.owner) ?? words.nobody],
          [words.due, fullMoment(item.dueAt, language)],
          ...detailRows(item),
          [words.outcome, item.outcome],
          [
            words.done,
            item.endedAt && words.endedBy(ownerName(item.endedBy) ?? '', fullMoment(item.endedAt, language)),
          ],
          [words.cases, isRecovered === null ? null : isRecovered ? words.recovered.yes : words.recovered.no],
        ]}
      />
      <Group>
        <Link to="/customers/$externalId" params={{ externalId: item.customerId }} className="text-link small-link">
          {item.customerName ?? item.customer ?? texts.inbox.nameless}
        </Link>
        {item.conversationId && (
          <Link
            to="/inbox/$queue"
            params={{ queue: 'all' }}
            search={{ c: item.conversationId }}
            className="text-link small-link"
          >
            {words.conversation}
          </Link>
        )}
      </Group>
      {mayWrite && isOpen && <OwnWork work={work} item={item} />}
      {mayWrite && <EndWork work={work} item={item} />}
    </Stack>
  );
}

/** Texts and numbers that came with it; what only machines read stays out. */
function detailRows({ detail }: Work): [string, string][] {
  return Object.entries(detail).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
  );
}
