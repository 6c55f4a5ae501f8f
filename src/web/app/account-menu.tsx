// One's own corner: language, light and dark, the keyboard, and the way out.
import { Avatar, Menu, SegmentedControl, Switch, Text, useMantineColorScheme } from '@mantine/core';
import { IconKeyboard, IconLogout, IconUserCog } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { meAnswer } from './answers.ts';
import { callApi, tell } from './call-api.ts';
import { useMe, useSession } from './session.tsx';
import classes from './shell.module.css';
import { type Language, useSpoken } from './use-texts.tsx';

/** Where there is little room: in Vietnamese one is called by what stands last. */
function shortName(name: string): string {
  return name.length <= 14 ? name : name.split(' ').slice(-2).join(' ');
}

export function AccountMenu({ onShowKeys }: { onShowKeys: () => void }) {
  const me = useMe();
  const { leave, enter } = useSession();
  const { texts, language, speak } = useSpoken();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const away = useMutation({
    mutationFn: (isAway: boolean) => callApi(meAnswer, { method: 'PATCH', path: '/me', body: { isAway } }),
    onSuccess: enter,
  });
  const chooseLanguage = (next: Language) => {
    speak(next);
    // The next browser they sign in to begins with it.
    void tell({ method: 'PATCH', path: '/me', body: { language: next } }).catch(() => undefined);
  };
  const { shell } = texts;
  const roles: Record<string, string> = shell.role;
  return (
    <Menu position="right-end" withinPortal width={250} shadow="md">
      <Menu.Target>
        <button type="button" className={classes.place}>
          <Avatar size={26} radius="xl" name={me.name} color="brand" alt="" aria-hidden />
          <span className="visually-hidden">{shell.account}: </span>
          <span className={classes.who}>{shortName(me.name)}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {me.name}
          </Text>
          {me.email} · {roles[me.role] ?? me.role}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{shell.theme}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={shell.theme}
          value={colorScheme}
          onChange={setColorScheme}
          data={[
            { value: 'light', label: shell.light },
            { value: 'dark', label: shell.dark },
            { value: 'auto', label: shell.auto },
          ]}
        />
        <Menu.Label>{shell.language}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={shell.language}
          value={language}
          onChange={chooseLanguage}
          data={[
            { value: 'vi', label: 'Tiếng Việt' },
            { value: 'en', label: 'English' },
          ]}
        />
        <Switch
          m="sm"
          size="sm"
          label={texts.desk.account.awayShort}
          checked={me.isAway}
          disabled={away.isPending}
          onChange={(event) => away.mutate(event.currentTarget.checked)}
        />
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconUserCog size={18} aria-hidden />}
          onClick={() => void navigate({ to: '/account' })}
        >
          {shell.accountPage}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={18} aria-hidden />} onClick={onShowKeys}>
          {shell.keys}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={() => void leave()}>
          {shell.leave}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
