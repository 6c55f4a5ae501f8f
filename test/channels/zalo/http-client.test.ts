// Not sent, lost, unreadable, answered: the four ends of an exchange must never be mixed up.
import { createServer, type Server } from 'node:net';
import nock from 'nock';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../src/channels/zalo/http-client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  nock.cleanAll();
});

async function serve(onBytes: (write: (text: string) => void, end: () => void) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      onBytes(
        (text) => socket.write(text),
        () => socket.destroy(),
      ),
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
const ask = (url: string, timeoutMs = 200) =>
  createHttpClient(timeoutMs)({ method: 'POST', url, headers: {}, data: 'x' });

describe('an exchange', () => {
  it.each([
    ['http://127.0.0.1:9/', 'ECONNREFUSED'],
    ['http://zalo.invalid/', /ENOTFOUND|EAI_AGAIN/],
  ])('that found nobody was not sent: %s', async (url, code) => {
    expect(await ask(url)).toEqual({ kind: 'not_sent', code: expect.stringMatching(code) });
  });

  it('whose TLS handshake never ended was not sent', async () => {
    const port = await serve(() => undefined);
    expect(await ask(`https://127.0.0.1:${port}/`)).toEqual({ kind: 'not_sent', code: 'ETIMEDOUT' });
  });

  it('cut off after the bytes left is lost', async () => {
    const port = await serve((_write, end) => end());
    expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'lost' });
  });

  it('whose answer drips too slowly is lost', async () => {
    const port = await serve((write) => write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'));
    expect(await ask(`http://127.0.0.1:${port}/`)).toEqual({ kind: 'lost', code: 'timeout' });
  });

  it('is not led elsewhere by a redirect', async () => {
    nock('https://openapi.zalo.me').post('/').reply(302, '', { location: 'https://evil.example/' });
    const elsewhere = nock('https://evil.example').get('/').reply(200, {});
    expect(await ask('https://openapi.zalo.me/')).toEqual({ kind: 'unreadable', status: 302 });
    expect(elsewhere.isDone()).toBe(false);
  });

  it('answers with every digit', async () => {
    nock('https://openapi.zalo.me').post('/').reply(200, '{"data":{"message_id":98765432109876543210},"error":0}');
    expect(await ask('https://openapi.zalo.me/')).toEqual({
      kind: 'answer',
      status: 200,
      body: { data: { message_id: '98765432109876543210' }, error: '0' },
    });
  });
});
