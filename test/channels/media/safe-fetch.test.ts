// A stranger's address never leads us to ourselves or our neighbours, and never brings more than we asked for.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ResolvedAddress } from '../../../src/channels/media/safe-connect.ts';
import { fetchSafely, type SafeFetchOptions } from '../../../src/channels/media/safe-fetch.ts';

let server: Server;
let origin: string;
let connections = 0;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  connections = 0;
  answer = (_request, response) => {
    response.setHeader('content-type', 'image/png');
    response.end('xin chào');
  };
});

const loopback: ResolvedAddress[] = [{ address: '127.0.0.1', family: 4 }];

async function fetchAll(url: string, over: Partial<SafeFetchOptions> = {}) {
  const chunks: Uint8Array[] = [];
  const result = await fetchSafely(url, async (chunk) => void chunks.push(chunk), {
    maxBytes: 1000,
    timeoutMs: 5_000,
    resolve: async () => loopback,
    ...over,
  });
  return { result, text: Buffer.concat(chunks).toString('utf8') };
}

const trusted = () => ({ allowedOrigins: [origin] });
const forbidden = { ok: false, code: 'forbidden_address', isTemporary: false };

describe('spellings of places we never connect to', () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '0177.0.0.01',
    '127.000.000.001',
    '0',
    '0.0.0.0',
    '0x0',
    '127.0.0.1.',
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127%2e0%2e0%2e1',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[0000:0000:0000:0000:0000:0000:0000:0001]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    '10.0.0.1',
    '0xa000001',
    '167772161',
    '012.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.168.1',
    '3232235521',
    '0300.0250.0.1',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '100.64.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '198.18.0.1',
    '192.0.0.192',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'metadata.google.internal',
    '127.0.0.1.nip.io',
    'ⓛocalhost',
  ];
  it.each(hosts)('http(s)://%s/', async (host) => {
    for (const scheme of ['http', 'https']) {
      const { result } = await fetchAll(`${scheme}://${host}/latest/meta-data/`);
      expect(result).toEqual(forbidden);
    }
    expect(connections).toBe(0);
  });

  it.each([
    'ftp://example.com/a',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_',
    'data:text/plain,x',
    'javascript:alert(1)',
    'blob:https://example.com/1',
    '//example.com/a',
    'example.com/a',
    '',
    'http://',
    'http:///',
    'https://user@example.com/a',
    'https://user:pass@example.com/a',
    'https://example.com@127.0.0.1/',
    'http://127.0.0.1:80\\@example.com:80/',
    'http://[::1%25eth0]/',
    'http://[fe80::1%eth0]/',
    'http://256.256.256.256/',
    'http://0x1ffffffff/',
    'http://exa mple.com/',
    'http://example.com:99999/',
  ])('not even an address: %s', async (url) => {
    const { result } = await fetchAll(url);
    expect(result).toMatchObject({ ok: false, isTemporary: false });
    expect(connections).toBe(0);
  });

  it('ports other than those of the web', async () => {
    const resolve = async () => [{ address: '8.8.8.8', family: 4 }];
    for (const port of [22, 25, 5432, 6379, 8080]) {
      expect((await fetchAll(`http://cdn.example:${port}/`, { resolve })).result).toEqual(forbidden);
    }
  });
});

describe('names', () => {
  it('one private address among public ones is one too many', async () => {
    const resolve = async () => [{ address: '8.8.8.8', family: 4 }, ...loopback];
    expect((await fetchAll('https://cdn.example/', { resolve })).result).toEqual(forbidden);
  });

  it('a name that answers public first and 127.0.0.1 afterwards is resolved once and never reaches us', async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      // A public address that nobody answers on; the connection must go there and not where the second answer points.
      return asked === 1 ? [{ address: '192.0.2.1', family: 4 }] : loopback;
    };
    const port = origin.split(':')[2];
    const { result } = await fetchAll(`http://rebind.example:${port}/`, {
      resolve,
      timeoutMs: 300,
      allowedOrigins: [`http://rebind.example:${port}`],
    });
    expect(result).toMatchObject({ ok: false, code: 'unreachable' });
    expect(asked).toBe(1);
    expect(connections).toBe(0);
  });

  it('connects to the address that was checked, under the name of the link', async () => {
    const port = origin.split(':')[2];
    let host: string | undefined;
    answer = (request, response) => {
      host = request.headers.host;
      response.end('ok');
    };
    const { text } = await fetchAll(`http://cdn.invalid:${port}/a`, { allowedOrigins: [`http://cdn.invalid:${port}`] });
    expect(text).toBe('ok');
    expect(host).toBe(`cdn.invalid:${port}`);
  });

  it('a name without an address, a resolver that fails or never answers', async () => {
    const never = new Promise<ResolvedAddress[]>(() => undefined);
    for (const resolve of [async () => [], async () => Promise.reject(new Error('ENOTFOUND')), () => never]) {
      const { result } = await fetchAll('https://cdn.example/', { resolve, timeoutMs: 50 });
      expect(result).toEqual({ ok: false, code: 'unreachable', isTemporary: true });
    }
  });
});

describe('redirects', () => {
  const redirect = (location: string, status = 302) => {
    answer = (request, response) => {
      if (request.url === '/end') response.end('am Ziel');
      else response.writeHead(status, { location }).end();
    };
  };

  it.each([301, 302, 303, 307, 308])('%i is followed where it may go', async (status) => {
    redirect('/end', status);
    expect(await fetchAll(`${origin}/a`, trusted())).toMatchObject({ result: { ok: true }, text: 'am Ziel' });
  });

  it.each([
    'http://169.254.169.254/',
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    '//10.0.0.1/x',
    'http://2130706433/',
  ])('never into %s', async (location) => {
    redirect(location);
    expect((await fetchAll(`${origin}/a`, trusted())).result).toEqual(forbidden);
    expect(connections).toBe(1);
  });

  it.each(['file:///etc/passwd', 'ftp://example.com/', 'http://u:p@example.com/'])('never to %s', async (location) => {
    redirect(location);
    expect((await fetchAll(`${origin}/a`, trusted())).result).toMatchObject({ ok: false, code: 'bad_address' });
  });

  it('not in circles', async () => {
    redirect('/a');
    expect((await fetchAll(`${origin}/a`, trusted())).result).toMatchObject({ code: 'too_many_redirects' });
    expect(connections).toBe(4);
  });
});

describe('size, time, answers', () => {
  it('gives bytes, type and size', async () => {
    expect(await fetchAll(`${origin}/a`, trusted())).toEqual({
      result: { ok: true, contentType: 'image/png', byteSize: 9 },
      text: 'xin chào',
    });
  });

  it('exactly the limit passes, one byte more does not, announced or not', async () => {
    const body = (size: number, announced: boolean) => {
      answer = (_request, response) => {
        if (announced) response.setHeader('content-length', size);
        response.end(Buffer.alloc(size));
      };
    };
    for (const announced of [true, false]) {
      body(1000, announced);
      expect((await fetchAll(`${origin}/a`, trusted())).result).toMatchObject({ ok: true, byteSize: 1000 });
      body(1001, announced);
      expect((await fetchAll(`${origin}/a`, trusted())).result).toEqual({
        ok: false,
        code: 'too_big',
        isTemporary: false,
      });
    }
  });

  it('an endless answer is cut', async () => {
    answer = (_request, response) => {
      const pour = () => {
        while (response.write(Buffer.alloc(500)));
        response.once('drain', pour);
      };
      pour();
    };
    const { result, text } = await fetchAll(`${origin}/a`, trusted());
    expect(result).toMatchObject({ code: 'too_big' });
    expect(text.length).toBeLessThanOrEqual(1000);
  });

  it('asks for bytes as they are and does not unpack', async () => {
    let asked: string | undefined;
    answer = (request, response) => {
      asked = request.headers['accept-encoding'];
      response.setHeader('content-encoding', 'gzip');
      response.end('not gzip at all');
    };
    expect((await fetchAll(`${origin}/a`, trusted())).text).toBe('not gzip at all');
    expect(asked).toBe('identity');
  });

  it.each<[number, string, boolean]>([
    [204, 'gone', false],
    [206, 'gone', false],
    [304, 'gone', false],
    [403, 'gone', false],
    [404, 'gone', false],
    [410, 'gone', false],
    [408, 'unreachable', true],
    [429, 'unreachable', true],
    [500, 'unreachable', true],
    [503, 'unreachable', true],
  ])('status %i is %s', async (status, code, isTemporary) => {
    answer = (_request, response) => void response.writeHead(status).end();
    expect((await fetchAll(`${origin}/a`, trusted())).result).toEqual({ ok: false, code, isTemporary });
  });

  it('a server that stalls, before or within the body', async () => {
    answer = () => undefined;
    expect((await fetchAll(`${origin}/a`, { ...trusted(), timeoutMs: 60 })).result).toMatchObject({
      code: 'unreachable',
      isTemporary: true,
    });
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('x');
    };
    expect((await fetchAll(`${origin}/a`, { ...trusted(), timeoutMs: 60 })).result).toMatchObject({
      code: 'unreachable',
      isTemporary: true,
    });
    server.closeAllConnections();
  });

  it('a body that breaks off', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('x', () => response.destroy());
    };
    expect((await fetchAll(`${origin}/a`, trusted())).result).toMatchObject({ code: 'unreachable', isTemporary: true });
  });

  it('something that does not speak HTTP', async () => {
    const odd = createTcpServer((socket) => socket.resume().end('SSH-2.0-x\r\n'));
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const address = odd.address();
    const place = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    expect((await fetchAll(`${place}/a`, { allowedOrigins: [place] })).result).toMatchObject({ code: 'unreachable' });
    await new Promise((resolve) => odd.close(resolve));
  });

  it('a sink that fails ends the download with its own error', async () => {
    const broken = async () => Promise.reject(new Error('ENOSPC'));
    await expect(
      fetchSafely(`${origin}/a`, broken, { maxBytes: 10, timeoutMs: 5_000, allowedOrigins: [origin] }),
    ).rejects.toThrow('ENOSPC');
  });
});
