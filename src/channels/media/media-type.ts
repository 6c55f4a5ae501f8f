// Which kinds of file we name as such. Everything else, above all HTML and SVG, is kept as plain bytes:
// a browser must never be told that a stranger's file is a page.

const EXTENSIONS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/amr': 'amr',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
};

export type MediaType = { contentType: string; extension: string };

/** From a Content-Type header to what we store; "application/octet-stream" and "bin" for all that is not on the list. */
export function chooseMediaType(header: string | null): MediaType {
  const contentType = (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const extension = Object.hasOwn(EXTENSIONS, contentType) ? EXTENSIONS[contentType] : undefined;
  return extension ? { contentType, extension } : { contentType: 'application/octet-stream', extension: 'bin' };
}
