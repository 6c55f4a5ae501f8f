// Which conversations to look at, with how many there are in each queue.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useInSight } from '../app/use-in-sight.ts';
import { useTexts } from '../app/use-texts.tsx';
import { type QueueName, queues } from './answers.ts';
import classes from './inbox.module.css';
import { countsQuery } from './queries.ts';

export function Queues({ queue }: { queue: QueueName }) {
  const { inbox } = useTexts();
  const { data: counts } = useQuery(countsQuery);
  const frame = useInSight(queue);
  return (
    <nav ref={frame} className={classes.queues} aria-label={inbox.queuesLabel}>
      {queues.map((name) => {
        const count = name === 'resolved' ? undefined : counts?.[name];
        return (
          <Link
            key={name}
            to="/inbox/$queue"
            params={{ queue: name }}
            className={classes.queue ?? ''}
            data-urgent={
              (name === 'waiting' && (counts?.overdue ?? 0) > 0) || (name === 'mentions' && (count ?? 0) > 0)
            }
            aria-current={name === queue ? 'page' : undefined}
          >
            <span>{inbox.queues[name]}</span>
            <span className={classes.queueCount}>{count}</span>
          </Link>
        );
      })}
    </nav>
  );
}
