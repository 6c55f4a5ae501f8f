// The chosen files above the composer: what they are, how far up they are, and a way to let go of each.
import { CloseButton, Progress, Text } from '@mantine/core';
import { IconFile } from '@tabler/icons-react';
import { useTexts } from '../app/use-texts.tsx';
import type { Attachments } from './attachments.ts';
import classes from './composer.module.css';

export function AttachmentStrip({ attachments }: { attachments: Attachments }) {
  const { composer: words } = useTexts().inbox;
  if (attachments.files.length === 0) return null;
  return (
    <ul className={classes.strip} aria-label={words.attached}>
      {attachments.files.map(({ key, name, preview, percent, sent, error }) => (
        <li key={key} className={classes.attached} data-bad={error !== null}>
          {preview === null ? (
            <IconFile size={28} stroke={1.4} aria-hidden />
          ) : (
            <img src={preview} alt="" className={classes.preview} />
          )}
          <div className={classes.attachedWords}>
            <Text size="xs" truncate>
              {sent?.name ?? name}
            </Text>
            {error !== null && (
              <Text size="xs" role="alert" className={classes.bad ?? ''}>
                {error}
              </Text>
            )}
            {sent === null && error === null && (
              <Progress value={percent} size="sm" aria-label={words.uploading(percent)} />
            )}
          </div>
          <CloseButton size="sm" aria-label={words.removeFile(name)} onClick={() => attachments.remove(key)} />
        </li>
      ))}
    </ul>
  );
}
