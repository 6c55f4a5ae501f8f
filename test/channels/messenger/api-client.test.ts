// How far a call to Meta got: what never left us is told apart from what Meta may have heard.
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createGraphClient } from '../../../src/channels/messenger/api-client.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** Takes connections and never says a word. */
async function aMuteHost(): Promise<string> {
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
}

const ask = (apiUrl: string, connectMs: number) =>
  createGraphClient(
    { apiUrl, apiVersion: 'v25.0', appSecret: 'test_app_secret', pageAccessToken: 'TEST_PAGE_TOKEN' },
    connectMs,
  ).call({ method: 'POST', path: 'me/messages', body: {}, timeoutMs: 600 });

it('a host with which no connection comes to stand was not called: the message is safe to say later', async () => {
  expect(await ask(`https://${await aMuteHost()}`, 100)).toEqual({ kind: 'not_sent', code: 'etimedout' });
});

it('one that took the call and stays silent may have heard it', async () => {
  expect(await ask(`http://${await aMuteHost()}`, 100)).toMatchObject({ kind: 'no_answer' });
});

it('where nobody listens nothing was said', async () => {
  expect(await ask('http://127.0.0.1:9', 100)).toEqual({ kind: 'not_sent', code: 'econnrefused' });
});
