// Which number was opened, and the way from its rows into the inbox.
import { Link } from '@tanstack/react-router';
import type { SupervisedQuery } from '../../inbox/supervision-schema.ts';

export type Opened = SupervisedQuery & { title: string };
export type Open = (rows: Opened) => void;

export function ConversationLink({ id, name }: { id: string; name: string | null }) {
  return (
    <Link to="/inbox/$queue" params={{ queue: 'all' }} search={{ c: id }} className="text-link">
      {name ?? '…'}
    </Link>
  );
}
