// Webhooks that never arrived.
import { Text } from '@mantine/core';
import { failedDeliveryPage } from '../../health/dead-letters-schema.ts';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import { StuckList, usePage } from './stuck-list.tsx';

export function StuckDeliveries() {
  const { texts, language } = useSpoken();
  const { stuck: words } = texts.desk;
  const query = usePage('deliveries', failedDeliveryPage);
  return (
    <StuckList name="deliveries" query={query} nameOf={({ type, address }) => `${type} ${address}`}>
      {(delivery) => (
        <>
          <Text fw={600} size="sm" className="keep-lines">
            {delivery.address}
          </Text>
          <Text size="sm" className="fact-name">
            {[delivery.type, fullMoment(delivery.at, language), words.tries(delivery.tries)].join(' · ')}
          </Text>
          <Text size="sm" className="keep-lines">
            {[delivery.lastStatus, delivery.reason].filter((part) => part !== null).join(' · ')}
          </Text>
        </>
      )}
    </StuckList>
  );
}
