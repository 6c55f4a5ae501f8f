// Pictures from phones are larger than some channels take: made smaller here, before they leave, so that nobody has to
// think of it.

const MIB = 1024 * 1024;
/** What the channel takes of a picture. */
const MOST_BYTES: Record<string, number> = { zalo: MIB, messenger: 8 * MIB };
const LONGEST_SIDES = [2_048, 1_600, 1_280, 960];

/** The file as it is when it fits, else a smaller JPEG; what is no picture stays as it is. */
export async function shrinkPicture(file: File, channel: string): Promise<{ blob: Blob; name: string }> {
  const most = MOST_BYTES[channel] ?? 8 * MIB;
  const isPicture = /^image\/(jpeg|png|webp|bmp|avif)$/.test(file.type);
  const fits = file.size <= most && /^image\/(jpeg|png)$/.test(file.type);
  if (!isPicture || fits) return { blob: file, name: file.name };
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) return { blob: file, name: file.name };
  for (const side of LONGEST_SIDES) {
    const blob = await draw(picture, side);
    if (blob !== null && blob.size <= most) return { blob, name: file.name.replace(/\.\w+$/, '.jpg') };
  }
  return { blob: file, name: file.name };
}

async function draw(picture: ImageBitmap, longest: number): Promise<Blob | null> {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext('2d');
  if (pen === null) return null;
  // Where it was see-through, JPEG would be black.
  pen.fillStyle = 'white';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85));
}
