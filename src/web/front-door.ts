// What a browser finds: the sandbox's phone, and a page that says where things are.
import type { FastifyInstance } from 'fastify';

export async function registerFrontDoor(
  app: FastifyInstance,
  { sandboxUrl }: { sandboxUrl: string | null },
): Promise<void> {
  app.get('/', async (_request, reply) => {
    await reply.type('text/html').send(page(sandboxUrl !== null));
  });
  app.get('/sandbox', async (_request, reply) => {
    if (sandboxUrl === null) {
      await reply
        .code(404)
        .send({ error: { code: 'sandbox_off', message: 'The sandbox is off. Set SANDBOX=on to use it.' } });
      return;
    }
    await reply.redirect(sandboxUrl, 302);
  });
}

function page(hasSandbox: boolean): string {
  const sandbox = hasSandbox
    ? '<li><a href="/sandbox">Điện thoại thử nghiệm</a>: chat thử với bot như một khách hàng</li>'
    : '';
  return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gắn Bó</title></head><body><main><h1>Gắn Bó đang chạy</h1><ul>${sandbox}
<li><a href="/api/docs">API</a>: kết nối CRM, tính phí, nhập dữ liệu</li>
<li><a href="/readyz">Tình trạng</a>: cơ sở dữ liệu, kênh, kịch bản</li></ul></main></body></html>`;
}
