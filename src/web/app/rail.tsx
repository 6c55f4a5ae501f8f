// The main navigation: at the side, or at the bottom of a small screen. Only what one's rights open.
import {
  IconAddressBook,
  IconAlertTriangle,
  IconChecklist,
  IconEye,
  IconMessages,
  IconSettings,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { countsQuery } from '../inbox/queries.ts';
import { AccountMenu } from './account-menu.tsx';
import icon from './icon.svg';
import { useMe } from './session.tsx';
import classes from './shell.module.css';
import { useTexts } from './use-texts.tsx';

const linkClass = { className: classes.place };

export function Rail({ onShowKeys }: { onShowKeys: () => void }) {
  const { shell } = useTexts();
  const { scopes } = useMe();
  const counts = useQuery({ ...countsQuery, enabled: scopes.includes('conversations:read') });
  const waiting = counts.data?.waiting ?? 0;
  const mayReadRecords = scopes.includes('records:read');
  return (
    <nav className={classes.rail} aria-label={shell.navigation}>
      <img src={icon} width={36} height={36} alt="" className={classes.icon} />
      <Link to="/inbox/$queue" params={{ queue: 'waiting' }} activeOptions={onlyPath} {...linkClass}>
        <IconMessages size={22} stroke={1.6} aria-hidden />
        {shell.inbox}
        {waiting > 0 && <span className={classes.count}>{waiting > 99 ? '99+' : waiting}</span>}
      </Link>
      {mayReadRecords && (
        <>
          <Link to="/customers" {...linkClass}>
            <IconAddressBook size={22} stroke={1.6} aria-hidden />
            {shell.customers}
          </Link>
          <Link to="/tasks" {...linkClass}>
            <IconChecklist size={22} stroke={1.6} aria-hidden />
            {shell.tasks}
          </Link>
          <Link to="/cases" {...linkClass}>
            <IconAlertTriangle size={22} stroke={1.6} aria-hidden />
            {shell.cases}
          </Link>
        </>
      )}
      {scopes.includes('audit:read') && (
        <Link to="/supervisor" {...linkClass}>
          <IconEye size={22} stroke={1.6} aria-hidden />
          {shell.supervisor}
        </Link>
      )}
      <span className={classes.spring} />
      <Link to="/settings/{-$section}" params={{ section: undefined }} {...linkClass}>
        <IconSettings size={22} stroke={1.6} aria-hidden />
        {shell.settings}
      </Link>
      <AccountMenu onShowKeys={onShowKeys} />
    </nav>
  );
}

const onlyPath = { includeSearch: false } as const;
