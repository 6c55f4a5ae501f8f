// A file on its way to the server, with how far it is; what the server refuses comes back in its own words.
import { type AttachmentAnswer, attachmentAnswer } from '../../inbox/attachment-schema.ts';
import { ApiError, mistakeOf } from '../app/call-api.ts';

export type Upload = { done: Promise<AttachmentAnswer>; stop: () => void };

/** `fetch` says nothing about the way there; the older call does. */
export function sendFile(path: string, file: Blob, name: string, onProgress: (percent: number) => void): Upload {
  const call = new XMLHttpRequest();
  const done = new Promise<AttachmentAnswer>((resolve, reject) => {
    call.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : Math.round((loaded / total) * 100));
    call.onerror = () => reject(new ApiError(0, 'unreachable', 'The server cannot be reached.'));
    call.onabort = () => reject(new ApiError(0, 'stopped', ''));
    call.onload = () => {
      const answer = attachmentAnswer.safeParse(readAnswer(call.responseText));
      if (call.status === 200 && answer.success) resolve(answer.data);
      else reject(mistakeOf(call.status, call.responseText));
    };
  });
  const form = new FormData();
  form.set('file', file, name);
  call.open('POST', `/api/v1${path}`);
  call.setRequestHeader('accept', 'application/json');
  call.setRequestHeader('idempotency-key', crypto.randomUUID());
  call.send(form);
  return { done, stop: () => call.abort() };
}

function readAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
