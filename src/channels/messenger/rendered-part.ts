// What the renderers of single kinds of message give back.
import type { JsonRecord } from './read-json.ts';

export type MediaKind = 'image' | 'video' | 'audio' | 'file';

/** Something that is not text: `source` is an https address or a path under the media folder. */
export type Attached = { kind: MediaKind; source: string; name?: string };

/** The `message` of a call; `problem`: why it can never go, in Vietnamese, for agents. */
export type RenderedPart =
  | {
      message: JsonRecord;
      /** A file that travels in the same call. */
      upload?: Attached;
      /** Buttons on a picture or film need its attachment id: it goes up first. */
      needsAttachmentId?: Attached;
    }
  | { problem: string };
