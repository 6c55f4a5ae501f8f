// Which files a channel takes, and how big: said while they are chosen, not when the message fails. Numbers of the contract
// sheets (Zalo 3.7, Messenger 2.8), compared 2026-11-21.
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import type { FileKind } from './sniff-file.ts';

const MIB = 1024 * 1024;
const ZALO: Record<string, { bytes: number; words: string }> = {
  jpg: { bytes: MIB, words: 'Zalo chỉ nhận ảnh nhỏ hơn 1 MB. Hãy giảm dung lượng ảnh rồi gửi lại.' },
  png: { bytes: MIB, words: 'Zalo chỉ nhận ảnh nhỏ hơn 1 MB. Hãy giảm dung lượng ảnh rồi gửi lại.' },
  gif: { bytes: 5 * MIB, words: 'Zalo chỉ nhận ảnh động nhỏ hơn 5 MB.' },
  pdf: { bytes: 5 * MIB, words: 'Zalo chỉ nhận tệp nhỏ hơn 5 MB. Hãy nén tệp, hoặc gửi đường dẫn tải.' },
  doc: { bytes: 5 * MIB, words: 'Zalo chỉ nhận tệp nhỏ hơn 5 MB. Hãy nén tệp, hoặc gửi đường dẫn tải.' },
  docx: { bytes: 5 * MIB, words: 'Zalo chỉ nhận tệp nhỏ hơn 5 MB. Hãy nén tệp, hoặc gửi đường dẫn tải.' },
};
const ONLY_ZALO = 'Zalo chỉ nhận ảnh JPG, PNG, GIF và tệp PDF, Word. Hãy đổi sang PDF, hoặc gửi đường dẫn tải.';

/** In words for the agent; null = the channel takes it. */
export function refusalOfFile(channel: ChannelName, { extension }: FileKind, bytes: number): string | null {
  switch (channel) {
    case 'zalo': {
      const limit = ZALO[extension];
      if (limit === undefined) return ONLY_ZALO;
      return bytes > limit.bytes ? limit.words : null;
    }
    case 'messenger':
      return bytes > 25 * MIB ? 'Messenger chỉ nhận tệp nhỏ hơn 25 MB.' : null;
    case 'email':
      return 'Hội thoại e-mail chưa gửi kèm tệp được. Hãy gửi đường dẫn tải.';
  }
}
