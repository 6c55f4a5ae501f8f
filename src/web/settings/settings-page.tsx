// What is set while the program runs, and how it is doing. Each part is in the address, and there only for those who may.
import { Stack, Title } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useMe } from '../app/session.tsx';
import { Empty } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { CannedSettings } from './canned-settings.tsx';
import { ChannelSettings } from './channel-settings.tsx';
import { HourSettings } from './hour-settings.tsx';
import { KeySettings } from './key-settings.tsx';
import classes from './settings.module.css';
import { StaffSettings } from './staff-settings.tsx';
import { WebhookSettings } from './webhook-settings.tsx';

type SectionName = 'channels' | 'canned' | 'staff' | 'hours' | 'keys' | 'webhooks';
type Section = { name: SectionName; scope: string | null; Part: ComponentType };

const sections: Section[] = [
  { name: 'channels', scope: null, Part: ChannelSettings },
  { name: 'canned', scope: 'conversations:read', Part: CannedSettings },
  { name: 'staff', scope: 'staff:read', Part: StaffSettings },
  { name: 'hours', scope: 'settings:read', Part: HourSettings },
  { name: 'keys', scope: 'keys', Part: KeySettings },
  { name: 'webhooks', scope: 'webhooks', Part: WebhookSettings },
];

export function SettingsPage() {
  const { pages, general } = useTexts();
  const scopes: readonly string[] = useMe().scopes;
  const { section: wanted } = useParams({ from: '/shell/settings/{-$section}' });
  const open = sections.filter(({ scope }) => scope === null || scopes.includes(scope));
  const section = open.find(({ name }) => name === (wanted ?? 'channels'));
  return (
    <div className="page">
      <Stack className="page-inner">
        <Title order={1} size="h3">
          {pages.settings.title}
        </Title>
        <div className={classes.settings}>
          <nav aria-label={pages.settings.title} className={classes.sections}>
            {open.map(({ name }) => (
              <Link
                key={name}
                to="/settings/{-$section}"
                params={{ section: name }}
                className={classes.section ?? ''}
                aria-current={name === section?.name ? 'page' : undefined}
              >
                {pages.settings[name]}
              </Link>
            ))}
          </nav>
          <section aria-label={section ? pages.settings[section.name] : pages.settings.title}>
            {section ? <section.Part /> : <Empty>{general.noRight}</Empty>}
          </section>
        </div>
      </Stack>
    </div>
  );
}
