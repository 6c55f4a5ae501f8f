// The session ended while somebody worked: they sign in over the page, and nothing they wrote is lost.
import { Modal, Text } from '@mantine/core';
import { useSession } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { SignInForm } from './sign-in-form.tsx';

export default function LostSession() {
  const { me, isLost, enter } = useSession();
  const { signIn: texts } = useTexts();
  return (
    <Modal
      opened={isLost}
      onClose={() => undefined}
      title={texts.lostTitle}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      centered
    >
      <Text size="sm" mb="md">
        {texts.lostHint}
      </Text>
      <SignInForm {...(me ? { email: me.email } : {})} onEntered={enter} />
    </Modal>
  );
}
