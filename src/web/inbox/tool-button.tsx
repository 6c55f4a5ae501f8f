// A small button beside the composer, with its name for those who do not see the picture.
import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactNode, Ref } from 'react';

type Props = {
  label: string;
  isPressed?: boolean;
  isDisabled?: boolean;
  onClick: () => void;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
};

export function ToolButton({ label, isPressed, isDisabled = false, onClick, children, ref }: Props) {
  return (
    <Tooltip label={label} openDelay={500} withinPortal>
      <ActionIcon
        {...(ref === undefined ? {} : { ref })}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        aria-expanded={isPressed}
        disabled={isDisabled}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
