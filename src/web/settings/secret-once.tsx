// Something that is shown this once: to be copied, and gone with the page.
import { Alert, Button, Code, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../app/use-texts.tsx';

export function SecretOnce({ title, secret, more }: { title: string; secret: string; more?: string | null }) {
  const { form } = useTexts().desk;
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(secret).then(() => setCopied(true));
  return (
    <Alert role="status" title={title}>
      <Group align="flex-start" wrap="nowrap">
        <Code block flex={1} miw={0} className="keep-lines">
          {secret}
        </Code>
        <Button size="xs" variant="default" onClick={copy}>
          {isCopied ? form.copied : form.copy}
        </Button>
      </Group>
      {more && (
        <Text size="sm" mt={4}>
          {more}
        </Text>
      )}
    </Alert>
  );
}
