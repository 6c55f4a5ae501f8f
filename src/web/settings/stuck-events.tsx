// Events that no try could work.
import { Alert, Text } from '@mantine/core';
import { parkedEventPage } from '../../health/dead-letters-schema.ts';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import classes from './settings.module.css';
import { PersonLine, StuckList, usePage } from './stuck-list.tsx';

export function StuckEvents() {
  const { texts, language } = useSpoken();
  const { stuck: words } = texts.desk;
  const channels: Record<string, string> = texts.inbox.channel;
  const query = usePage('events', parkedEventPage);
  return (
    <StuckList name="events" query={query} nameOf={(event) => event.person?.name ?? event.kind}>
      {(event) => (
        <>
          <PersonLine person={event.person} />
          <Text size="sm" className="fact-name">
            {[
              channels[event.channel] ?? event.channel,
              event.kind,
              fullMoment(event.at, language),
              words.tries(event.tries),
            ].join(' · ')}
          </Text>
          <Text size="sm" className="keep-lines">
            {event.reason}
          </Text>
          {event.wroteSince && (
            <Alert color="yellow" p="xs">
              <Text size="sm">{words.wroteSince}</Text>
            </Alert>
          )}
          <details>
            <summary>{words.payload}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard */}
            <pre className={classes.payload} tabIndex={0}>
              {event.payload}
            </pre>
          </details>
        </>
      )}
    </StuckList>
  );
}
