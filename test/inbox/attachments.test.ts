// Files that staff send: by their bytes only, kept under names of ours, given to those who may read the conversation.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';
import {
  disguisedFiles,
  docx,
  type GivenFile,
  gif,
  jpeg,
  mp4,
  ole,
  pdf,
  png,
  refusedFiles,
  webp,
  xlsx,
} from './some-files.ts';

let inbox: InboxStage;
let lan: StaffActor;
beforeAll(async () => {
  inbox = await openInbox();
  lan = await inbox.staff('Lan');
});
afterAll(() => inbox.close());

const BOUNDARY = 'ranh-gioi-tep';

async function upload(by: StaffActor | null, conversationId: string, file: GivenFile, key?: string) {
  // As browsers write it: quotes and line ends in names are escaped.
  const name = file.name.replace(/"/g, '%22').replace(/[\r\n\0]/g, '');
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: ${file.type ?? 'application/octet-stream'}\r\n\r\n`;
  const response = await inbox.app.inject({
    method: 'POST',
    url: `/api/v1/inbox/conversations/${conversationId}/attachments`,
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      ...(by === null ? {} : { 'x-staff': by.id }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    payload: Buffer.concat([Buffer.from(head), file.bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]),
  });
  return { status: response.statusCode, body: response.json() };
}

const get = (url: string, by: StaffActor | null = lan) =>
  inbox.app.inject({ method: 'GET', url, headers: by === null ? {} : { 'x-staff': by.id } });

async function filesOnDisk(): Promise<string[]> {
  const found = await readdir(inbox.mediaDir, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('what a file is', () => {
  test('150 that mean harm: refused in words, nothing is left', async () => {
    const { conversationId } = await inbox.chatter('hostile', { channel: 'messenger' });
    const before = await filesOnDisk();
    const files = refusedFiles();
    expect(files.length).toBeGreaterThan(140);
    for (const file of files) {
      const answer = await upload(lan, conversationId, file);
      expect([file.name, file.bytes.subarray(0, 24).toString('latin1'), answer.status]).toEqual([
        file.name,
        file.bytes.subarray(0, 24).toString('latin1'),
        422,
      ]);
      expect(answer.body.error.code).toBe('file_refused');
    }
    expect(await filesOnDisk()).toEqual(before);
  });

  test('names that lead elsewhere lead nowhere; what hangs on behind a picture is never a page', async () => {
    const { conversationId } = await inbox.chatter('disguised', { channel: 'messenger' });
    for (const file of disguisedFiles()) {
      const { status, body } = await upload(lan, conversationId, file);
      expect([file.name, status]).toEqual([file.name, 200]);
      expect(body.name).toMatch(/^[^/\\<>"\p{C}]+\.(png|gif|jpg|pdf)$/u);
      const served = await get(body.url);
      expect(served.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
        'content-disposition': expect.stringMatching(/^attachment; /),
      });
      expect(served.headers['content-type']).toMatch(/^(image\/(png|gif|jpeg)|application\/pdf)$/);
      expect(served.rawPayload.equals(file.bytes)).toBe(true);
    }
    const strange = (await filesOnDisk()).filter((path) => !/\/2026-11\/[0-9a-f-]{36}\.(png|gif|jpg|pdf)$/.test(path));
    expect(strange).toEqual([]);
  });

  test.each([
    ['jpg', jpeg(), 'image'],
    ['png', png(), 'image'],
    ['gif', gif(), 'image'],
    ['webp', webp(), 'image'],
    ['pdf', pdf(), 'file'],
    ['docx', docx(), 'file'],
    ['xlsx', xlsx(), 'file'],
    ['doc', ole('WordDocument'), 'file'],
    ['xls', ole('Workbook'), 'file'],
    ['mp4', mp4(), 'video'],
  ])('a good %s is taken, and called so', async (extension, bytes, kind) => {
    const { conversationId } = await inbox.chatter(`good-${extension}`, { channel: 'messenger' });
    const answer = await upload(lan, conversationId, { name: 'Bảng giá.tmp', bytes });
    expect(answer).toMatchObject({
      status: 200,
      body: { kind, name: `Bảng giá.${extension}`, byteSize: bytes.length },
    });
  });

  test('what the channel does not take is said at once', async () => {
    const { conversationId } = await inbox.chatter('zalo-files');
    const big = Buffer.concat([png(), Buffer.alloc(1024 * 1024)]);
    expect(await upload(lan, conversationId, { name: 'a.png', bytes: big })).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('1 MB') } },
    });
    expect(await upload(lan, conversationId, { name: 'a.xlsx', bytes: xlsx() })).toMatchObject({ status: 422 });
    expect(await upload(lan, conversationId, { name: 'a.pdf', bytes: Buffer.alloc(0) })).toMatchObject({ status: 422 });
    const huge = Buffer.concat([pdf(), Buffer.alloc(25 * 1024 * 1024)]);
    expect(await upload(lan, conversationId, { name: 'a.pdf', bytes: huge })).toMatchObject({ status: 413 });
  });
});

describe('who may', () => {
  test('keys send none; a file belongs to the customer of its conversation', async () => {
    const one = await inbox.chatter('whose-1');
    const other = await inbox.chatter('whose-2');
    expect(await upload(null, one.conversationId, { name: 'a.png', bytes: png() })).toMatchObject({ status: 403 });
    expect(await upload(lan, inbox.newId(), { name: 'a.png', bytes: png() })).toMatchObject({ status: 404 });
    const { body } = await upload(lan, one.conversationId, { name: 'a.png', bytes: png() });
    const elsewhere = await get(body.url.replace(one.conversationId, other.conversationId));
    expect(elsewhere.statusCode).toBe(404);
    const sent = await inbox.call(lan, 'POST', `/inbox/conversations/${other.conversationId}/messages`, {
      attachmentIds: [body.id],
      seenStaffMessageId: null,
    });
    expect(sent).toMatchObject({ status: 422, body: { error: { code: 'unknown_attachment' } } });
  });

  test('a repeat with the same key keeps one file', async () => {
    const { conversationId } = await inbox.chatter('again');
    const before = await filesOnDisk();
    const first = await upload(lan, conversationId, { name: 'a.png', bytes: png() }, 'k-1');
    const second = await upload(lan, conversationId, { name: 'a.png', bytes: png() }, 'k-1');
    expect(second.body).toEqual(first.body);
    expect((await filesOnDisk()).length).toBe(before.length + 1);
  });
});

describe('sending along', () => {
  const reply = (id: string, body: object) =>
    inbox.call(lan, 'POST', `/inbox/conversations/${id}/messages`, { seenStaffMessageId: null, ...body });
  const contents = async (id: string) =>
    (await inbox.rows('SELECT content FROM outbound_messages WHERE conversation_id = $1 ORDER BY seq', [id])).map(
      ({ content }) => content,
    );

  test('on Zalo one picture wears the words; several files stand before them', async () => {
    const one = await inbox.chatter('along-1');
    const picture = (await upload(lan, one.conversationId, { name: 'Mặt tiền.png', bytes: png() })).body;
    expect(await reply(one.conversationId, { text: 'Dạ ảnh đây ạ', attachmentIds: [picture.id] })).toMatchObject({
      status: 200,
    });
    expect(await contents(one.conversationId)).toEqual([
      { kind: 'image', source: `2026-11/${picture.id}.png`, caption: 'Dạ ảnh đây ạ' },
    ]);
    const thread = await inbox.call(lan, 'GET', `/inbox/conversations/${one.conversationId}/timeline`);
    expect(thread.body).toMatchObject({
      items: [{ text: 'Dạ ảnh đây ạ', media: [{ kind: 'image', url: picture.url }] }, { event: 'taken_over' }],
    });

    const two = await inbox.chatter('along-2', { channel: 'messenger' });
    const price = (await upload(lan, two.conversationId, { name: 'Bảng giá.pdf', bytes: pdf() })).body;
    const film = (await upload(lan, two.conversationId, { name: 'phim.mov', bytes: mp4() })).body;
    await reply(two.conversationId, { text: 'Dạ', attachmentIds: [film.id, price.id] });
    expect(await contents(two.conversationId)).toEqual([
      { kind: 'media', mediaKind: 'video', source: `2026-11/${film.id}.mp4`, links: [] },
      { kind: 'file', source: `2026-11/${price.id}.pdf`, name: 'Bảng giá.pdf' },
      { kind: 'text', text: 'Dạ', choices: [], links: [] },
    ]);
    expect(await readFile(join(inbox.mediaDir, `2026-11/${price.id}.pdf`))).toEqual(pdf());
  });

  test('in Messenger’s seven days for people only words go; the words and files are kept', async () => {
    const lastInteractionAt = new Date(START.getTime() - 30 * HOUR_MS);
    const { conversationId } = await inbox.chatter('along-3', { channel: 'messenger', lastInteractionAt });
    const { body } = await upload(lan, conversationId, { name: 'a.png', bytes: png() });
    expect(await reply(conversationId, { text: 'Dạ', attachmentIds: [body.id] })).toMatchObject({
      status: 409,
      body: { error: { code: 'window_closed', details: { yourText: 'Dạ' } } },
    });
    expect(await reply(conversationId, { text: 'Dạ' })).toMatchObject({ status: 200 });
  });

  test('what was not sent may be taken back, what was sent not', async () => {
    const { conversationId } = await inbox.chatter('along-4');
    const drop = (id: string) => inbox.call(lan, 'DELETE', `/inbox/conversations/${conversationId}/attachments/${id}`);
    const [one, two] = [
      (await upload(lan, conversationId, { name: 'a.png', bytes: png() })).body,
      (await upload(lan, conversationId, { name: 'b.png', bytes: png() })).body,
    ];
    expect(await drop(one.id)).toMatchObject({ status: 200 });
    expect((await get(one.url)).statusCode).toBe(404);
    await reply(conversationId, { attachmentIds: [two.id] });
    expect(await drop(two.id)).toMatchObject({ status: 422 });
  });
});
