// The files that go along with the reply that is being written.
import { useEffect, useRef, useState } from 'react';
import { type AttachmentAnswer, MOST_ATTACHMENTS } from '../../inbox/attachment-schema.ts';
import { ApiError, tell } from '../app/call-api.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { Conversation } from './context-answers.ts';
import { sendFile, type Upload } from './send-file.ts';
import { shrinkPicture } from './shrink-picture.ts';

export type Attached = {
  key: string;
  name: string;
  /** Shown while it is chosen; null = not a picture. */
  preview: string | null;
  percent: number;
  sent: AttachmentAnswer | null;
  error: string | null;
};

export type Attachments = ReturnType<typeof useAttachments>;

export function useAttachments({ id, channel }: Pick<Conversation, 'id' | 'channel'>) {
  const { signIn } = useTexts();
  const [files, setFiles] = useState<Attached[]>([]);
  const uploads = useRef(new Map<string, Upload>());
  const previews = useRef(new Set<string>());
  const path = `/inbox/conversations/${id}/attachments`;
  const change = (key: string, news: Partial<Attached>) =>
    setFiles((all) => all.map((one) => (one.key === key ? { ...one, ...news } : one)));
  const begin = async (file: File, key: string) => {
    try {
      const { blob, name } = await shrinkPicture(file, channel);
      const upload = sendFile(path, blob, name, (percent) => change(key, { percent }));
      uploads.current.set(key, upload);
      change(key, { sent: await upload.done, percent: 100 });
    } catch (error) {
      const isKnown = error instanceof ApiError && error.status !== 0;
      change(key, { error: isKnown ? error.message : signIn.unreachable });
    }
  };
  useEffect(() => {
    const [running, shown] = [uploads.current, previews.current];
    return () => {
      for (const upload of running.values()) upload.stop();
      for (const preview of shown) URL.revokeObjectURL(preview);
    };
  }, []);
  return {
    files,
    isBusy: files.some(({ sent, error }) => sent === null && error === null),
    ids: files.flatMap(({ sent }) => (sent === null ? [] : [sent.id])),
    add: (chosen: Iterable<File>) => {
      const given = [...chosen].slice(0, Math.max(0, MOST_ATTACHMENTS - files.length)).map((file) => ({
        file,
        key: crypto.randomUUID(),
      }));
      setFiles((all) => [...all, ...given.map(({ file, key }) => newcomer(file, key, previews.current))]);
      for (const { file, key } of given) void begin(file, key);
    },
    remove: (key: string) => {
      uploads.current.get(key)?.stop();
      const gone = files.find((one) => one.key === key);
      if (gone?.sent) void tell({ method: 'DELETE', path: `${path}/${gone.sent.id}` }).catch(() => undefined);
      setFiles((all) => all.filter((one) => one.key !== key));
    },
    clear: () => setFiles([]),
  };
}

function newcomer(file: File, key: string, previews: Set<string>): Attached {
  const isPicture = /^image\/(jpeg|png|gif|webp)$/.test(file.type);
  const preview = isPicture ? URL.createObjectURL(file) : null;
  if (preview !== null) previews.add(preview);
  return { key, name: file.name, preview, percent: 0, sent: null, error: null };
}
