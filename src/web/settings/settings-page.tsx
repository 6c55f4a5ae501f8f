// What is set while the program runs, and how it is doing. Each part is in the address, and there only for those who may.
import { Stack, Title } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useMe } from '../app/session.tsx';
import { Empty } from '../app/states.tsx';
import { useInSight } from '../app/use-in-sight.ts';
import { useTexts } from '../app/use-texts.tsx';
import { CannedSettings } from './canned-settings.tsx';
import { ChannelSettings } from './channel-settings.tsx';
import { useExportWords } from './download-button.tsx';
import { ExportSettings } from './export-settings.tsx';
import { HourSettings } from './hour-settings.tsx';
import { KeySettings } from './key-settings.tsx';
import classes from './settings.module.css';
import { StaffSettings } from './staff-settings.tsx';
import { StuckSettings } from './stuck-settings.tsx';
import { TeamSettings } from './team-settings.tsx';
import { WebhookSettings } from './webhook-settings.tsx';

type SectionName = 'channels' | 'stuck' | 'hours' | 'canned' | 'staff' | 'teams' | 'keys' | 'webhooks' | 'exports';
type Section = { name: SectionName; scope: string | null; Part: ComponentType };

const sections: Section[] = [
  { name: 'channels', scope: 'settings:read', Part: ChannelSettings },
  { name: 'stuck', scope: 'audit:read', Part: StuckSettings },
  { name: 'hours', scope: 'settings:read', Part: HourSettings },
  { name: 'canned', scope: 'conversations:read', Part: CannedSettings },
  { name: 'staff', scope: 'staff:read', Part: StaffSettings },
  { name: 'teams', scope: 'staff:read', Part: TeamSettings },
  { name: 'keys', scope: 'keys', Part: KeySettings },
  { name: 'webhooks', scope: 'webhooks', Part: WebhookSettings },
  { name: 'exports', scope: 'exports', Part: ExportSettings },
];

export function SettingsPage() {
  const { pages, desk, general } = useTexts();
  const names: Record<SectionName, string> = {
    ...pages.settings,
    stuck: desk.stuck.title,
    exports: useExportWords().title,
  };
  const scopes: readonly string[] = useMe().scopes;
  const { section: wanted } = useParams({ from: '/shell/settings/{-$section}' });
  const open = sections.filter(({ scope }) => scope === null || scopes.includes(scope));
  const section = open.find(({ name }) => name === (wanted ?? 'channels'));
  const frame = useInSight(section?.name);
  return (
    <div className="page">
      <Stack className="page-inner">
        <Title order={1} size="h3">
          {pages.settings.title}
        </Title>
        <div className={classes.settings}>
          <nav ref={frame} aria-label={pages.settings.title} className={classes.sections}>
            {open.map(({ name }) => (
              <Link
                key={name}
                to="/settings/{-$section}"
                params={{ section: name }}
                className={classes.section ?? ''}
                aria-current={name === section?.name ? 'page' : undefined}
              >
                {names[name]}
              </Link>
            ))}
          </nav>
          <section aria-label={section ? names[section.name] : pages.settings.title}>
            {section ? <section.Part /> : <Empty>{general.noRight}</Empty>}
          </section>
        </div>
      </Stack>
    </div>
  );
}
